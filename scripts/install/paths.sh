# shellcheck shell=bash
# Where a checkout may lie.

# Flink's scripts, a shebang and a library path all take a path apart at some of these signs.
plain_paths() {
  local path
  for path in "$PWD" "$(cache_dir)" "$(realpath -m "$(setting STATE_DIR)")"; do
    case $path in
      *[[:space:]:\'\"\\\$\`]*)
        fail "the path \"$path\" has a space, a colon, a quote, a dollar sign or a backslash in it: Flink and a library path cannot have them. Move it, then run again." ;;
    esac
  done
}
