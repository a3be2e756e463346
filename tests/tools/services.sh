#!/bin/sh
# The real servers that the tests start themselves; a missing one is a failure, never a silent skip.
set -eu

has_prometheus() { command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; }
has_postgres() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_icinga2() { command -v icinga2 >/dev/null 2>&1; }

missing=""
has_prometheus || missing="$missing prometheus"
has_postgres || missing="$missing postgresql"
has_icinga2 || missing="$missing icinga2"
[ -n "$missing" ] || exit 0
. "$(dirname "$0")/apt.sh"
# shellcheck disable=SC2086 # words of a list
apt_install $missing
has_prometheus && has_postgres && has_icinga2 || {
  echo "prometheus, promtool, postgresql or icinga2 are still missing after their installation." >&2
  exit 1
}
