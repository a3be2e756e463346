#!/bin/sh
# The real servers that the tests start themselves; a missing one is a failure, never a silent skip.
set -eu
if command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; then
  exit 0
fi
. "$(dirname "$0")/apt.sh"
apt_install prometheus
command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1 || {
  echo "prometheus and promtool are still missing after their installation." >&2
  exit 1
}
