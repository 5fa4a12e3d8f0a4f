# Programs that the distribution brings. Says what is missing and why before the package manager is used.

missing_packages() {
  command -v python3.11 > /dev/null || python_new_enough || printf 'python3 python3-venv '
  python_has_venv || printf 'python3-venv '
  java_new_enough || printf 'openjdk-17-jre-headless '
  command -v mvn > /dev/null || printf 'maven '
  postgres_there || printf 'postgresql '
  command -v setpriv > /dev/null || printf 'util-linux '
}

python_command() { command -v python3.11 || command -v python3; }

python_new_enough() {
  python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2> /dev/null
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

install_system_packages() {
  local missing package
  missing=$(missing_packages | xargs -n 1 2> /dev/null | sort -u | xargs)
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
  # no server of the distribution's own is to be created or started
  "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing > /dev/null
}
