# shellcheck shell=bash
# The jars of Kafka, Debezium and the Flink connectors, by Maven from scripts/pom.xml, one folder each.

install_jars() {
  fetch_jars kafka "-Dkafka.version=$(setting KAFKA_VERSION)" "-Dlog4j.version=$(setting LOG4J_VERSION)"
  fetch_jars debezium "-Ddebezium.version=$(setting DEBEZIUM_VERSION)"
  fetch_jars flink "-Dflink-kafka.version=$(setting FLINK_KAFKA_VERSION)" \
    "-Dflink-jdbc.version=$(setting FLINK_JDBC_VERSION)" "-Dpgjdbc.version=$(setting PGJDBC_VERSION)"
}

# fetch_jars PROFILE VERSIONS..: into a folder beside, renamed when it is whole.
fetch_jars() {
  local profile=$1 folder wanted
  folder=$(cache_dir)/jars/$profile
  wanted="$* $(sha256sum scripts/pom.xml | cut -d' ' -f1)"
  fresh "$folder/.orderflow" "$wanted" && return 0
  say "  fetching jars of $profile: ${*:2}"
  rm -rf "$folder.new"
  mkdir -p "$folder.new"
  mvn --batch-mode --quiet -Dstyle.color=never -f scripts/pom.xml -P "$profile" "${@:2}" \
    org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$folder.new" \
    2>&1 | without_escape_codes
  stamp "$folder.new/.orderflow" "$wanted"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
}

# Debian's Maven resets the colours as it ends, also when it was told to use none and when nobody looks.
without_escape_codes() { sed -u $'s/\e\\[[0-9;]*m//g'; }
