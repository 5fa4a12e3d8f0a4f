# shellcheck shell=bash
# What the person at the terminal sees: each step, what it does, and how long it took.

say() { printf '%s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# step NAME FUNCTION: runs FUNCTION and prints its time; a step with much to do says what before it begins.
step() {
  local began=$SECONDS
  "$2"
  printf '  %-20s %4s s\n' "$1" $((SECONDS - began))
}
