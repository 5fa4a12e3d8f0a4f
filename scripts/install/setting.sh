# shellcheck shell=bash
# The value of a variable as every process sees it: the environment, then .env, then .env.example.

setting() {
  local name=$1 file line
  if [ -n "${!name:-}" ]; then
    printf '%s\n' "${!name}"
    return
  fi
  for file in .env .env.example; do
    line=$(grep -s "^$name=." "$file" | tail -n 1) || continue
    printf '%s\n' "${line#*=}"
    return
  done
  fail "$name stands neither in .env nor in .env.example"
}

# optional NAME: the same for a variable that need not stand anywhere; then empty.
optional() { (setting "$1" 2> /dev/null) || true; }

# cache_dir: the folder of downloads, absolute.
cache_dir() { realpath -m "$(setting CACHE_DIR)"; }

# fresh STAMP TEXT: true when the step that wrote STAMP saw the same TEXT (versions, hashes).
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# stamp STAMP TEXT: written last, so that an interrupted step is done again.
stamp() {
  printf '%s\n' "$2" > "$1.new"
  mv "$1.new" "$1"
}
