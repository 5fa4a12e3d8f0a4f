# shellcheck shell=bash
# .env: a copy of .env.example with a random password in each empty *_PASSWORD; one that is there is kept.

write_dotenv() {
  [ -f .env ] && ! grep -q '^[A-Z_]*_PASSWORD=$' .env && return 0
  local from=.env.example line
  [ -f .env ] && from=.env
  (
    umask 077
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        *_PASSWORD=) printf '%s%s\n' "$line" "$(random_password)" ;;
        *) printf '%s\n' "$line" ;;
      esac
    done < "$from" > .env.new
  )
  mv .env.new .env
}

random_password() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
