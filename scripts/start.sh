#!/bin/bash
# From a bare machine to a running platform that has proved itself, in one command. Run it again at any time.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

usage() {
  cat << 'USAGE'
usage: scripts/start.sh [--docker]

Sets up what is missing (system packages, .env, .venv, jars, MySQL), starts the stack, waits until it is ready, then runs
the main job: orders are written to MySQL for about a minute and compared with what arrived in PostgreSQL.
The stack stays up: `.venv/bin/orderflow down` stops it (with --docker: `docker compose down`). Ctrl-C stops what this
run has started. Exit code 0 only when MySQL = PostgreSQL.

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

# True when the stack runs already: then it is not ours to stop.
runs() {
  if [ "$mode" = docker ]; then
    [ -n "$(docker compose ps --quiet 2> /dev/null)" ]
  else
    [ -x .venv/bin/orderflow ] && .venv/bin/python -c '
from orderflow.stack import supervisor
from orderflow.stack.place import place
raise SystemExit(not supervisor.running(place()))' 2> /dev/null
  fi
}

stop_all() {
  trap '' INT TERM HUP
  # a terminal that hung up takes no more words, and a word that fails would end this before anything is stopped
  [ "$1" != HUP ] || exec > .start.log 2>&1 < /dev/null
  if [ "$found_running" = yes ]; then
    printf '\ninterrupted: the stack ran before and stays up\n'
  else
    printf '\ninterrupted: stopping what was started\n'
    stop_stack 9>&- || true
  fi
  exit 130
}

stop_stack() {
  if [ "$mode" = docker ]; then
    docker compose down
  elif [ -x .venv/bin/orderflow ]; then
    .venv/bin/orderflow down
  fi
}

# a reader of our words that is gone must not end us before the stack is stopped (a handler: children keep the default)
trap : PIPE
found_running=no
for signal in INT TERM HUP; do
  # shellcheck disable=SC2064 # the signal's name as it is now
  trap "stop_all $signal" "$signal"
done
if runs 9>&-; then found_running=yes; fi

printf '1. set-up\n'
scripts/install.sh "$mode" 9>&-

printf '2. the stack\n'
if [ "$mode" = docker ]; then
  docker compose up --build --detach --wait 9>&- || {
    cat >&2 << 'WHY'
error: not every service became healthy: `docker compose ps --all` and `docker compose logs SERVICE` say why.
A database whose very first start was interrupted never does; it holds no data yet: `docker compose down --volumes`.
WHY
    exit 1
  }
else
  .venv/bin/orderflow up 9>&-
fi

printf '3. the main job\n'
.venv/bin/orderflow run 9>&-
