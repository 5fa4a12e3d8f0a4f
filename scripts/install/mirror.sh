# shellcheck shell=bash
# Which distribution this is, and where it gets its packages from. MACHINE_ROOT is a folder laid out as a machine's root:
# empty for this one, a made-up one in tests.
MACHINE_ROOT=${ORDERFLOW_MACHINE_ROOT:-}

# shellcheck source=/dev/null # a file of the machine
os_release() { (. "$MACHINE_ROOT/etc/os-release" && eval "printf '%s\n' \"\${$1:-}\""); }

# distribution: debian or ubuntu, also for a system built on one of them.
distribution() {
  local word
  for word in $(os_release ID) $(os_release ID_LIKE); do
    case $word in debian | ubuntu) printf '%s\n' "$word" && return ;; esac
  done
  fail "MySQL is unpacked from Debian's or Ubuntu's packages, and this system is $(os_release ID)"
}

# codename: the release this machine runs, under its distribution's name for it.
codename() {
  local name
  name=$(os_release UBUNTU_CODENAME)
  [ "$(distribution)" = ubuntu ] && [ -n "$name" ] || name=$(os_release VERSION_CODENAME)
  printf '%s\n' "$name"
}

# suite: Debian's stable suites have only MariaDB, so on Debian the packages come from sid; on Ubuntu from its own.
suite() {
  if [ "$(distribution)" = debian ]; then printf 'sid\n'; else codename; fi
}

# components: what MySQL needs may stand in Ubuntu's universe.
components() {
  if [ "$(distribution)" = ubuntu ]; then printf 'main universe\n'; else printf 'main\n'; fi
}

archive_keyring() {
  local ending
  for ending in gpg pgp; do
    compgen -G "$MACHINE_ROOT/usr/share/keyrings/$(distribution)-archive-keyring.$ending" && return
  done
  return 0
}

# signed MIRROR: the mirror as a sources list wants it; one that comes with [options] of its own is left as it is.
signed() {
  local keyring
  keyring=$(archive_keyring)
  case $1 in
    \[*) printf '%s\n' "$1" ;;
    *) printf '%s%s\n' "${keyring:+[signed-by=$keyring] }" "$1" ;;
  esac
}

# mirrors: where the distribution's packages may be fetched, best guess first. APT_MIRROR (environment or .env) overrides
# all; then what apt has read and knows to be the distribution's; then what the sources say. The caller takes the first
# that is signed by the distribution and has MySQL, so that a third party's repository among them does no harm.
mirrors() {
  local chosen
  chosen=$(optional APT_MIRROR)
  if [ -n "$chosen" ]; then
    printf '%s\n' "$chosen"
  else
    { known_mirrors; listed_mirrors; } | awk '!seen[$0]++'
  fi
}

# mirror: the best guess, or the reason why there is none.
mirror() {
  local found
  found=$(mirrors)
  [ -n "$found" ] || fail "no mirror of $(distribution) $(codename) stands in apt's sources: set APT_MIRROR to one"
  printf '%s\n' "${found%%$'\n'*}"
}

# known_mirrors: from apt's own reading, by the origin that the release file states; empty before an `apt-get update`.
known_mirrors() {
  local origin
  origin=$(distribution)
  # shellcheck disable=SC2016 # $(ORIGIN) and its like are apt's own
  apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(RELEASE) $(SUITE)|$(REPO_URI)' 'Created-By: Packages' 2> /dev/null |
    awk -F'|' -v origin="${origin^}" \
      '$1 == origin && $2 == "main" && $3 " " $4 !~ /security|-backports|-proposed|cdrom:/ { sub(/\/$/, "", $4); print $4 }' || true
}

# listed_mirrors: the sources' entries of this release with component main: those signed by the distribution's keyring,
# then those whose folder has its name, then the rest.
listed_mirrors() {
  local name code
  name=$(distribution) code=$(codename)
  sources | awk -F'|' -v name="$name" -v code="$code" '
    $3 ~ /security/ || $3 ~ /^cdrom:/ { next }
    (" " $4 " ") !~ ("[ /](" code "|stable|oldstable|testing|unstable|sid)[ /]") || (" " $5 " ") !~ / main / { next }
    { rank = index($2, name "-archive-keyring") ? 1 : $2 == "" && $3 ~ ("/" name "(-ports)?/?$") ? 2 : $2 == "" ? 3 : 4
      n = split($3, uris, " ")
      for (i = 1; i <= n; i++) { sub(/\/$/, "", uris[i]); print rank "|" uris[i] } }' |
    sort -s -t'|' -k1,1n | cut -d'|' -f2-
}

# sources: each enabled entry of apt's sources as kind|keyring|uris|suites|components, whatever its format.
sources() {
  local file
  for file in "$MACHINE_ROOT"/etc/apt/sources.list "$MACHINE_ROOT"/etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] && one_line_sources "$file"
  done
  for file in "$MACHINE_ROOT"/etc/apt/sources.list.d/*.sources; do
    [ -r "$file" ] && deb822_sources "$file"
  done
  return 0
}

# deb [option=value ..] uri suite component ..
one_line_sources() {
  awk '{ sub(/#.*/, "") }
    $1 == "deb" {
      keyring = ""
      if (match($0, /\[[^]]*\]/)) {
        options = substr($0, RSTART + 1, RLENGTH - 2)
        $0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
        if (match(options, /signed-by=[^ ]*/)) keyring = substr(options, RSTART + 10, RLENGTH - 10)
      }
      rest = ""
      for (i = 4; i <= NF; i++) rest = rest " " $i
      print "deb|" keyring "|" $2 "|" $3 "|" substr(rest, 2)
    }' "$1"
}

# Stanzas of `Field: value`, a value going on in lines that begin with a space.
deb822_sources() {
  awk 'function flush() {
      if ((" " field["types"] " ") ~ / deb / && tolower(field["enabled"]) !~ /^(no|false|off|0)$/)
        print "deb|" field["signed-by"] "|" field["uris"] "|" field["suites"] "|" field["components"]
      split("", field)
    }
    /^#/ { next }
    /^[[:space:]]*$/ { flush(); next }
    /^[[:space:]]/ { value = $0 }
    /^[^[:space:]]/ { name = tolower(substr($0, 1, index($0, ":") - 1)); value = substr($0, index($0, ":") + 1) }
    { gsub(/[[:space:]]+/, " ", value); gsub(/^ | $/, "", value)
      field[name] = field[name] == "" ? value : field[name] " " value }
    END { flush() }' "$1"
}
