# shellcheck shell=bash
# .env: a copy of .env.example with a random password in each empty *_PASSWORD and a name of its own for this checkout's
# Compose project. One that is there keeps what it says and gets what is new in .env.example: Compose knows no defaults.

write_dotenv() {
  (
    umask 077
    { if [ -f .env ]; then cat .env; fi && new_variables; } | filled > .env.new
  )
  if [ "$(cat .env 2> /dev/null)" = "$(cat .env.new)" ]; then rm .env.new; else mv .env.new .env; fi
}

# new_variables: .env.example whole when there is no .env, else its lines whose variable .env does not name.
new_variables() {
  local line
  if [ ! -f .env ]; then cat .env.example && return; fi
  [ -z "$(tail -c 1 .env)" ] || printf '\n'
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      [A-Z]*=*) grep -Eq "^[[:space:]]*(export[[:space:]]+)?${line%%=*}[[:space:]]*=" .env || printf '%s\n' "$line" ;;
    esac
  done < .env.example
}

filled() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *_PASSWORD=) printf '%s%s\n' "$line" "$(random_digits 16)" ;;
      COMPOSE_PROJECT_NAME=) printf '%sorderflow-%s\n' "$line" "$(random_digits 4)" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}

# random_digits BYTES
random_digits() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
