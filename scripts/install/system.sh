# shellcheck shell=bash
# Programs that the distribution brings. Says what is missing and why before the package manager is used.

missing_packages() {
  missing_python
  java_new_enough || printf 'openjdk-17-jre-headless '
  command -v mvn > /dev/null || printf 'maven '
  postgres_there || printf 'postgresql '
  command -v setpriv > /dev/null || printf 'util-linux '
}

missing_python() {
  local found
  found=$(python_command)
  if [ -z "$found" ]; then
    default_python
  elif ! python_has_venv "$found"; then
    printf '%s-venv ' "$found"
  fi
}

# Where the release's default is too old, the newer one that it has beside.
default_python() {
  case $(os_release VERSION_CODENAME) in
    jammy) printf 'python3.11 python3.11-venv ' ;;
    *) printf 'python3 python3-venv ' ;;
  esac
}

# python_command: the first Python that is new enough, nothing when there is none.
python_command() {
  local candidate
  for candidate in python3.11 python3.12 python3; do
    "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2> /dev/null || continue
    printf '%s\n' "$candidate"
    return
  done
}

python_has_venv() { "$1" -c 'import ensurepip, venv' 2> /dev/null; }

# Before its version java may tell of variables it has picked up (JAVA_TOOL_OPTIONS: how Maven is given a proxy).
java_new_enough() {
  local major
  major=$(java -version 2>&1 | sed -n 's/^[a-z]* version "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${major:-0}" -ge 17 ]
}

postgres_there() {
  compgen -G "$MACHINE_ROOT/usr/lib/postgresql/*/bin/initdb" > /dev/null || command -v initdb > /dev/null
}

why() {
  case $1 in
    python3*) say 'the command, Faust and PyFlink need Python 3.11 or 3.12 with venv' ;;
    openjdk*) say 'Kafka, Connect and Flink need Java 17' ;;
    maven) say 'it fetches the jars of Kafka, Debezium and the Flink connectors' ;;
    postgresql) say 'the analytics database (only its programs; our server runs as a process of our own)' ;;
    util-linux) say 'setpriv starts PostgreSQL without root rights' ;;
  esac
}

install_native_packages() {
  [ "$(uname -m)" = x86_64 ] || fail "PyFlink has no package for Linux on $(uname -m): x86_64 only (--docker emulates it)"
  install_packages missing_packages
}

install_docker_packages() {
  docker compose version > /dev/null 2>&1 ||
    fail 'Docker with Compose v2 is not here: install it, or run without --docker, which needs none'
  # mounted into MySQL's container, whose user has to read it whatever the umask of the checkout was
  chmod -R a+rX mysql-init
  install_packages missing_python
}

# install_packages ASK: what ASK names, until it names nothing.
install_packages() {
  local missing package
  missing=$("$1" | xargs -n 1 | sort -u | xargs)
  [ -n "$missing" ] || return 0
  command -v apt-get > /dev/null || fail "missing: $missing. Install them with this system's package manager, then run again."
  say 'This machine lacks:'
  for package in $missing; do say "  $package: $(why "$package")"; done
  apt_install "$missing"
  hash -r
  missing=$("$1" | xargs)
  [ -z "$missing" ] || fail "installed, and still not here: $(still_missing "$missing")"
}

still_missing() {
  local package
  for package in $1; do
    case $package in
      python3*) printf "%s (%s; this system's python3 is %s: put a python3.11 or python3.12 on PATH) " \
        "$package" "$(why "$package")" "$(python3 -V 2>&1)" ;;
      *) printf '%s (%s) ' "$package" "$(why "$package")" ;;
    esac
  done
}

apt_install() {
  local missing=$1 prefix=() answer=y code=0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || fail "run as root: apt-get update && apt-get install -y --no-install-recommends $missing"
    prefix=(sudo)
  fi
  if [ -t 0 ]; then read -r -p "Install them with ${prefix[*]:-root} apt-get? [Y/n] " answer; fi
  case ${answer:-y} in [Nn]*) fail "nothing was installed; needed: $missing" ;; esac
  mapfile -t -O "${#prefix[@]}" prefix < <(printf 'env\nDEBIAN_FRONTEND=noninteractive\n' && proxies)
  no_server_of_its_own "$missing" "${prefix[@]}"
  "${prefix[@]}" apt-get -qq update || say '  not every package list could be read: going on with those that could'
  # shellcheck disable=SC2086 # a list of packages
  "${prefix[@]}" apt-get -qq install -y --no-install-recommends $missing > /dev/null || code=$?
  "${prefix[@]}" rm -f "$NO_CLUSTER"
  [ "$code" -eq 0 ] || fail "apt-get ended with exit code $code and did not install: $missing"
}

# proxies: the environment's, one NAME=VALUE a line: sudo drops them.
proxies() {
  local name
  for name in {http,https,ftp,all,no}_proxy {HTTP,HTTPS,FTP,ALL,NO}_PROXY; do
    [ -z "${!name:-}" ] || printf '%s=%s\n' "$name" "${!name}"
  done
}

NO_CLUSTER=/etc/postgresql-common/createcluster.d/orderflow.conf

# no_server_of_its_own PACKAGES PREFIX..: Debian's postgresql starts a server as it is installed; we want its programs only.
# Undone after the installation.
no_server_of_its_own() {
  case $1 in *postgresql*) ;; *) return 0 ;; esac
  "${@:2}" mkdir -p "${NO_CLUSTER%/*}"
  printf 'create_main_cluster = false\n' | "${@:2}" tee "$NO_CLUSTER" > /dev/null
}
