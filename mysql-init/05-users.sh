#!/bin/bash
# Least-privilege users. Reads MYSQL_ROOT_PASSWORD, CDC_USER, CDC_PASSWORD, APP_USER and APP_PASSWORD, and wants a `mysql`
# client on PATH that finds the server (root's password must already be set). Works sourced by the official image's
# entrypoint and run by bash; running it again sets the passwords anew.
#
# cdc reads the shop and the binlog: RELOAD lets it take a consistent snapshot, SHOW DATABASES lets it find the tables,
# XA_RECOVER_ADMIN lets it see transactions that are prepared and undecided.
# app writes the shop through plain SQL. It has no DROP, which TRUNCATE needs and which is not captured, and cannot
# touch order_ticks, the source's clock.

sql_text() { # quotes $1 as an SQL string
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

create_users() {
  local cdc app
  cdc="$(sql_text "${CDC_USER:?is not set}")@'%'"
  app="$(sql_text "${APP_USER:?is not set}")@'%'"
  MYSQL_PWD="${MYSQL_ROOT_PASSWORD:?is not set}" mysql --user=root <<SQL
CREATE USER IF NOT EXISTS $cdc;
ALTER USER $cdc IDENTIFIED BY $(sql_text "${CDC_PASSWORD:?is not set}");
GRANT RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO $cdc;
GRANT XA_RECOVER_ADMIN ON *.* TO $cdc;
GRANT SELECT ON shop.* TO $cdc;

CREATE USER IF NOT EXISTS $app;
ALTER USER $app IDENTIFIED BY $(sql_text "${APP_PASSWORD:?is not set}");
GRANT SELECT ON shop.* TO $app;
GRANT INSERT, UPDATE, DELETE ON shop.customers TO $app;
GRANT INSERT, UPDATE, DELETE ON shop.products TO $app;
GRANT INSERT, UPDATE, DELETE ON shop.orders TO $app;
GRANT INSERT, UPDATE, DELETE ON shop.order_items TO $app;
SQL
}

create_users
