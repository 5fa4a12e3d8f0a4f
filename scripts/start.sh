#!/bin/bash
# From a bare machine to a running platform that has proved itself, in one command. Run it again at any time.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

usage() {
  cat << 'USAGE'
usage: scripts/start.sh [--docker]

Sets up what is missing (system packages, .env, .venv, jars, MySQL), starts the stack, waits until it is ready, then runs
the main job: orders are written to MySQL for about a minute and compared with what arrived in PostgreSQL.
The stack stays up: `.venv/bin/orderflow down` stops it. Exit code 0 only when MySQL = PostgreSQL.

  --docker   run the servers in containers (Docker Compose) instead of as plain processes
  --help     this text
USAGE
}

mode=native
case ${1:-} in
  '') ;;
  --docker) mode=docker ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
esac

# 9 is the lock: closed for children, so that the stack that stays up does not hold it
exec 9> .start.lock
flock --nonblock 9 || {
  printf 'error: another scripts/start.sh of this checkout is running: wait for it, or press Ctrl-C there\n' >&2
  exit 1
}

stop_all() {
  trap '' INT TERM HUP
  printf '\ninterrupted: stopping what was started\n'
  if [ "$mode" = docker ]; then
    docker compose down 9>&- || true
  elif [ -x .venv/bin/orderflow ]; then
    .venv/bin/orderflow down 9>&- || true
  fi
  exit 130
}
trap stop_all INT TERM HUP

printf '1. set-up\n'
scripts/install.sh "$mode" 9>&-

printf '2. the stack\n'
if [ "$mode" = docker ]; then
  docker compose up --detach --wait 9>&-
else
  .venv/bin/orderflow up 9>&-
fi

printf '3. the main job\n'
.venv/bin/orderflow run 9>&-
