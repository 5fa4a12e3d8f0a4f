# .venv: exactly the packages of requirements.txt, checked by hash, and this checkout itself.

install_python() {
  local wanted
  wanted="$(sha256sum requirements.txt | cut -d' ' -f1) $("$(python_command)" -V)"
  fresh .venv/.orderflow "$wanted" && return 0
  say "  fetching the packages of requirements.txt (1 GB on disk, a few minutes the first time)"
  [ -x .venv/bin/python ] || "$(python_command)" -m venv .venv
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
  link_checkout
  stamp .venv/.orderflow "$wanted"
}

# A .pth file instead of `pip install -e`: that would build in an environment of its own, fetched anew from the network.
link_checkout() {
  local packages
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' "$PWD" > "$packages/orderflow.pth"
  printf '#!%s\nimport sys\n\nfrom orderflow.cli import main\n\nsys.exit(main())\n' "$PWD/.venv/bin/python" > .venv/bin/orderflow
  chmod +x .venv/bin/orderflow
}
