#!/bin/sh
# The main job on a copy of examples/webshop: every command is shown with its real output.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
slactl="$here/.venv/bin/slactl"
folder=$(mktemp -d "${TMPDIR:-/tmp}/slactl-demo.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cp -r "$here/examples/webshop/." "$folder"
cd "$folder"

show() {
  printf '\n\033[1m$ slactl %s\033[0m\n\n' "$*"
  "$slactl" "$@"
}

show_failing() {
  expected=$1
  shift
  printf '\n\033[1m$ slactl %s\033[0m\n\n' "$*"
  status=0
  "$slactl" "$@" || status=$?
  [ "$status" -eq "$expected" ] || { echo "exit code $status, expected $expected" >&2; exit 1; }
  printf '\n(exit code %s)\n' "$status"
}

printf 'Two customers, their SLAs, and the OLAs and UCs below them: examples/webshop, in a copy.\n'
show validate
show check
printf '\nThe promises below carry the SLAs. Does a year of outages bear the targets?\n'
show baseline sla.acme-shop ola.checkout -outages=outages.csv -since=2025-11-23 -as-of=2026-11-23
show plan -out=first.plan
show apply first.plan
printf '\nThe rule files that Prometheus reads:\n'
ls -1 rules
printf '\nNothing has changed since, so there is nothing to do:\n'
show plan | tee plan.txt
grep -q '^No changes\.' plan.txt

printf '\n\nACME asks for more: 99.95%% instead of 99.9%%. What does a reviewer see?\n'
sed -i 's/target: 99.9%/target: 99.95%/' agreements/slas/acme-shop.yaml
show_failing 2 plan -detailed-exitcode

printf '\n\nAnd 99.99%%? The plan is printed whole, and refused: the promises below do not carry it.\n'
sed -i 's/target: 99.95%/target: 99.99%/' agreements/slas/acme-shop.yaml
show_failing 1 plan
