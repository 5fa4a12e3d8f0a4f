# Programs that the distribution brings. Says what is missing and why before the package manager is used.

missing_packages() {
  missing_python
  java_new_enough || printf 'openjdk-17-jre-headless '
  command -v mvn > /dev/null || printf 'maven '
  postgres_there || printf 'postgresql '
  command -v setpriv > /dev/null || printf 'util-linux '
}

missing_python() {
  [ -n "$(python_command)" ] || printf 'python3 python3-venv '
  python_has_venv || printf 'python3-venv '
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

python_has_venv() { "$(python_command)" -c 'import ensurepip, venv' 2> /dev/null; }

java_new_enough() {
  local major
  major=$(java -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
  [ "${major:-0}" -ge 17 ]
}

postgres_there() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || command -v initdb > /dev/null
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

install_native_packages() { install_packages "$(missing_packages)"; }

install_docker_packages() {
  docker compose version > /dev/null 2>&1 ||
    fail 'Docker with Compose v2 is not here: install it, or run without --docker, which needs none'
  install_packages "$(missing_python)"
}

install_packages() {
  local missing package
  missing=$(xargs -n 1 <<< "$1" | sort -u | xargs)
  [ -n "$missing" ] || return 0
  command -v apt-get > /dev/null || fail "missing: $missing. Install them with this system's package manager, then run again."
  say 'This machine lacks:'
  for package in $missing; do say "  $package: $(why "$package")"; done
  apt_install "$missing"
}

apt_install() {
  local missing=$1 prefix=() answer=y
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || fail "run as root: apt-get update && apt-get install -y --no-install-recommends $missing"
    prefix=(sudo)
  fi
  if [ -t 0 ]; then read -r -p "Install them with ${prefix[*]:-root} apt-get? [Y/n] " answer; fi
  case ${answer:-y} in [Nn]*) fail "nothing was installed; needed: $missing" ;; esac
  no_server_of_its_own "$missing" "${prefix[@]}"
  "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  # shellcheck disable=SC2086 # a list of packages
  "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing > /dev/null
  "${prefix[@]}" rm -f "$NO_CLUSTER"
}

NO_CLUSTER=/etc/postgresql-common/createcluster.d/orderflow.conf

# Debian's postgresql starts a server as it is installed; we want its programs only. Undone after the installation.
no_server_of_its_own() {
  case $1 in *postgresql*) ;; *) return 0 ;; esac
  "${@:2}" mkdir -p "${NO_CLUSTER%/*}"
  printf 'create_main_cluster = false\n' | "${@:2}" tee "$NO_CLUSTER" > /dev/null
}
