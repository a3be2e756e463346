#!/bin/sh
# The real servers that the tests start themselves; a missing one is a failure, never a silent skip.
set -eu

has() { command -v "$1" >/dev/null 2>&1 || ls $1 >/dev/null 2>&1; }

# What must be there, a line each: a program or a pattern of its place, and the packages that bring it (Debian, Ubuntu).
wanted() {
  cat <<'LINES'
prometheus prometheus
promtool prometheus
/usr/lib/postgresql/*/bin/initdb postgresql
zabbix_server zabbix-server-pgsql
/usr/share/zabbix/api_jsonrpc.php zabbix-frontend-php
php php-cli php-pgsql
/usr/lib/php/*/pgsql.so php-pgsql
zabbix_sender zabbix-sender
icinga2 icinga2
prometheus-alertmanager prometheus-alertmanager
amtool prometheus-alertmanager
victoria-metrics victoria-metrics
vmalert victoria-metrics
LINES
}

missing() {
  wanted | while read -r what packages; do
    has "$what" || echo "$packages"
  done | tr ' ' '\n' | sort -u | tr '\n' ' '
}

needed=$(missing)
[ -n "$(echo "$needed" | tr -d ' ')" ] || exit 0
. "$(dirname "$0")/apt.sh"
# shellcheck disable=SC2086 # words of a list
apt_install $needed
still=$(missing)
[ -z "$(echo "$still" | tr -d ' ')" ] || {
  echo "These packages did not bring what they should: $still" >&2
  exit 1
}
