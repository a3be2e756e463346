#!/bin/sh
# The real servers that the tests start themselves; a missing one is a failure, never a silent skip.
set -eu

has_prometheus() { command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; }
has_alertmanager() { command -v prometheus-alertmanager >/dev/null 2>&1 && command -v amtool >/dev/null 2>&1; }
has_postgres() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

missing=""
has_prometheus || missing="$missing prometheus"
has_alertmanager || missing="$missing prometheus-alertmanager"
has_postgres || missing="$missing postgresql"
[ -n "$missing" ] || exit 0
. "$(dirname "$0")/apt.sh"
# shellcheck disable=SC2086 # words of a list
apt_install $missing
has_prometheus && has_alertmanager && has_postgres || {
  echo "prometheus, promtool, prometheus-alertmanager, amtool or postgresql are still missing after their installation." >&2
  exit 1
}
