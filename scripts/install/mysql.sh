# shellcheck shell=bash
# MySQL: the distribution's own packages, unpacked into the cache and run through their own loader. Nothing of the
# machine changes.

install_mysql() {
  local folder wanted
  folder=$(cache_dir)/mysql
  wanted="MySQL $(setting MYSQL_VERSION) 1"
  fresh "$folder/.orderflow" "$wanted" && return 0
  distribution > /dev/null
  say '  fetching MySQL server and client (60 MB to fetch, 330 MB on disk)'
  rm -rf "$folder.new" && mkdir -p "$folder.new/root" "$folder.new/bin"
  download_mysql "$(cache_dir)/apt"
  unpack "$(cache_dir)/apt/archives" "$folder.new/root"
  write_launchers "$folder.new"
  "$folder.new/bin/mysqld" --version > /dev/null || fail 'the MySQL server that was fetched does not start'
  stamp "$folder.new/.orderflow" "$wanted"
  rm -rf "$folder" "$(cache_dir)/apt"
  mv "$folder.new" "$folder"
}

# download_mysql FOLDER: the packages and all that they need, into FOLDER/archives. FOLDER is emptied first: what an
# interrupted run left there may be of another day.
download_mysql() {
  local private=$1 mirror tried=0
  rm -rf "$private" && mkdir -p "$private"
  mirror > /dev/null
  while IFS= read -r mirror; do
    tried=$((tried + 1))
    read_lists "$private" "$mirror" > "$private/said" 2>&1 && server_there "$private" && break
    say "  no MySQL for $(suite) from ${mirror##* }"
    sed 's/^/    /' "$private/said"
    mirror=
  done < <(mirrors)
  [ -n "$mirror" ] || fail "no MySQL server for $(suite) in $tried mirror(s): set APT_MIRROR to one that has it"
  fetch_packages "$private" "$(newest_server "$private")"
}

# read_lists FOLDER MIRROR: a list of sources with this mirror only, and the package lists that it has.
read_lists() {
  local private=$1
  rm -rf "$private/lists" && mkdir -p "$private/lists/partial" "$private/archives/partial"
  : > "$private/status"
  printf 'deb %s %s %s\n' "$(signed "$2")" "$(suite)" "$(components)" > "$private/sources.list"
  private_apt "$private" apt-get -qq -oAPT::Update::Error-Mode=any update
}

server_there() { [ -n "$(newest_server "$1")" ]; }

# newest_server FOLDER: packages that exist, not names that others only mention; newest version last.
newest_server() {
  private_apt "$1" apt-cache search --names-only '^mysql-server-core(-[0-9.]+)?$' | cut -d' ' -f1 |
    while IFS= read -r name; do
      private_apt "$1" apt-cache madison "$name" | awk -F'|' '{ gsub(/ /, ""); print $2, $1 }'
    done | sort -V | tail -n 1 | cut -d' ' -f2
}

fetch_packages() {
  private_apt "$1" apt-get -qq --yes --no-install-recommends --download-only install "$2" "${2/server/client}" > /dev/null
}

# private_apt FOLDER COMMAND..: apt with lists, cache and package state of its own, as any user.
private_apt() {
  local private=$1 tool=$2
  "$tool" -oDir::State::Lists="$private/lists" -oDir::Etc::SourceList="$private/sources.list" \
    -oDir::Etc::SourceParts=/dev/null -oDir::State::status="$private/status" -oDir::Cache="$private" \
    -oDir::Cache::archives="$private/archives" -oDebug::NoLocking=true -oAPT::Sandbox::User=root "${@:3}"
}

unpack() {
  local package
  for package in "$1"/*.deb; do
    dpkg -x "$package" "$2" || fail "${package##*/} cannot be unpacked"
  done
}

write_launchers() {
  # shellcheck disable=SC2016 # $root is the launcher's own
  write_launcher "$1" mysqld usr/sbin/mysqld '--no-defaults --basedir=$root/usr --lc-messages-dir=$root/usr/share/mysql --character-sets-dir=$root/usr/share/mysql/charsets --plugin-dir=$root/usr/lib/mysql/plugin'
  # shellcheck disable=SC2016
  write_launcher "$1" mysql usr/bin/mysql '--no-defaults --character-sets-dir=$root/usr/share/mysql/charsets --default-character-set=utf8mb4'
}

# write_launcher FOLDER NAME PROGRAM OPTIONS: FOLDER/bin/NAME runs PROGRAM with the unpacked loader and libraries.
write_launcher() {
  local folder=$1 name=$2 program=$3 options=$4 found
  found=$(loader "$folder/root")
  [ -n "$found" ] || fail 'the fetched packages hold no loader'
  cat > "$folder/bin/$name" << LAUNCHER
#!/bin/sh
root=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/root
exec "\$root/$found" --library-path "$(libraries "$folder/root")" "\$root/$program" $options "\$@"
LAUNCHER
  chmod +x "$folder/bin/$name"
}

# loader ROOT: the loader's own file, relative to ROOT. Not the link in lib64: before the merge of /usr (jammy) it is an
# absolute one and leads to the machine's loader.
loader() {
  local found
  for found in "$1"/{usr/,}lib/*-linux-gnu*/ld-linux-*.so.*; do
    [ -e "$found" ] && printf '%s\n' "${found#"$1/"}" && return
  done
  return 0
}

# libraries ROOT: where the libraries lie, as the launcher says it: below /usr, and before its merge also beside it.
# shellcheck disable=SC2016 # $root is the launcher's own
libraries() {
  local folder
  (cd "$1" && for folder in usr/lib/*-linux-gnu* lib/*-linux-gnu*; do [ ! -d "$folder" ] || printf '$root/%s:' "$folder"; done)
  printf '$root/usr/lib/mysql/private\n'
}
