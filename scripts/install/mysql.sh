# MySQL: the distribution's own packages, unpacked into the cache and run through their own loader. Nothing of the
# machine changes. Debian's stable suites have only MariaDB, so on Debian the packages come from sid, on Ubuntu from
# the machine's own suite.

install_mysql() {
  local folder wanted
  folder=$(cache_dir)/mysql
  wanted="MySQL $(setting MYSQL_VERSION) 1"
  fresh "$folder/.orderflow" "$wanted" && return 0
  say '  fetching MySQL server and client (60 MB to fetch, 330 MB on disk)'
  rm -rf "$folder.new" && mkdir -p "$folder.new/root" "$folder.new/bin"
  download_mysql "$(cache_dir)/apt"
  find "$(cache_dir)/apt/archives" -name '*.deb' -exec dpkg -x {} "$folder.new/root" \;
  write_launcher "$folder.new" mysqld usr/sbin/mysqld '--no-defaults --basedir=$root/usr --lc-messages-dir=$root/usr/share/mysql --character-sets-dir=$root/usr/share/mysql/charsets --plugin-dir=$root/usr/lib/mysql/plugin'
  write_launcher "$folder.new" mysql usr/bin/mysql '--no-defaults --character-sets-dir=$root/usr/share/mysql/charsets --default-character-set=utf8mb4'
  "$folder.new/bin/mysqld" --version > /dev/null || fail 'the MySQL server that was fetched does not start'
  stamp "$folder.new/.orderflow" "$wanted"
  rm -rf "$folder" "$(cache_dir)/apt"
  mv "$folder.new" "$folder"
}

download_mysql() {
  local private=$1 server
  mkdir -p "$private/lists/partial" "$private/archives/partial"
  : > "$private/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$(archive_keyring)" "$(mirror)" "$(suite)" > "$private/sources.list"
  private_apt "$private" apt-get -qq update
  server=$(private_apt "$private" apt-cache pkgnames mysql-server-core | sort -V | tail -n 1)
  [ -n "$server" ] || fail "$(mirror) has no mysql-server-core in $(suite)"
  private_apt "$private" apt-get -qq --yes --no-install-recommends --download-only install \
    "$server" "${server/server/client}" libjemalloc2 > /dev/null
}

# private_apt FOLDER COMMAND..: apt with lists, cache and package state of its own, as any user.
private_apt() {
  local private=$1 tool=$2
  "$tool" -oDir::State::Lists="$private/lists" -oDir::Etc::SourceList="$private/sources.list" \
    -oDir::Etc::SourceParts=/dev/null -oDir::State::status="$private/status" -oDir::Cache="$private" \
    -oDir::Cache::archives="$private/archives" -oDebug::NoLocking=true -oAPT::Sandbox::User=root "${@:3}"
}

distribution() { (. /etc/os-release && printf '%s\n' "$ID"); }

suite() {
  if [ "$(distribution)" = debian ]; then
    printf 'sid\n'
  else
    (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:?}")
  fi
}

archive_keyring() { printf '/usr/share/keyrings/%s-archive-keyring.gpg\n' "$(distribution)"; }

# mirror: where this machine gets its packages from, comments and security archives left aside.
mirror() {
  local found
  found=$(
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2> /dev/null |
      sed -n -e 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' -e 's/^deb[[:space:]]\+\(\[[^]]*\][[:space:]]*\)\?\([^[:space:]]*\).*/\2/p' |
      grep -v security | head -n 1
  ) || true
  [ -n "$found" ] || fail 'no package mirror stands in /etc/apt/sources.list or /etc/apt/sources.list.d'
  printf '%s\n' "$found"
}

# write_launcher FOLDER NAME PROGRAM OPTIONS: FOLDER/bin/NAME runs PROGRAM with the unpacked loader and libraries.
write_launcher() {
  local folder=$1 name=$2 program=$3 options=$4 loader libraries
  loader=$(cd "$folder/root" && compgen -G 'usr/lib*/ld-linux-*.so.*' | head -n 1)
  libraries=$(cd "$folder/root" && compgen -G 'usr/lib/*-linux-gnu' | head -n 1)
  [ -n "$loader" ] && [ -n "$libraries" ] || fail 'the fetched packages hold no loader'
  cat > "$folder/bin/$name" << LAUNCHER
#!/bin/sh
root=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/root
exec "\$root/$loader" --library-path "\$root/$libraries:\$root/usr/lib/mysql/private" "\$root/$program" $options "\$@"
LAUNCHER
  chmod +x "$folder/bin/$name"
}
