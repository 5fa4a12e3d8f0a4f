# What the person at the terminal sees: each step, what it does, and how long it took.

say() { printf '%s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# step NAME FUNCTION: runs FUNCTION and prints its time; a step that has nothing to do says so by itself and is quick.
step() {
  local name=$1 began=$SECONDS
  printf '  %-28s' "$name"
  [ -t 1 ] || printf '\n'
  "$2"
  printf '  %-28s done in %s s\n' "$name" $((SECONDS - began))
}
