#!/bin/bash
# Sets everything up and starts nothing: system packages, .env, .venv, jars, MySQL. Each step is cached by a stamp, so a
# second run is done at once; an interrupted run is resumed.
# usage: scripts/install.sh [native|docker]; with docker only what the command itself needs.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

for part in say setting paths mirror system dotenv python jars mysql; do
  # shellcheck source=/dev/null
  . "scripts/install/$part.sh"
done

plain_paths
mkdir -p "$(cache_dir)"
exec 8> "$(cache_dir)/install.lock"
flock --nonblock 8 || { say 'another installation of this checkout is running: waiting for it'; flock 8; }

mode=${1:-native}
step 'system packages' "install_${mode}_packages"
step '.env' write_dotenv
step 'Python environment' install_python
[ "$mode" = native ] || exit 0
step 'jars' install_jars
step 'MySQL' install_mysql
