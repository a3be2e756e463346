#!/bin/sh
# Makes a virtual environment; installs Debian's venv module where the Python has none.
set -eu
python=$1
venv=$2
command -v "$python" >/dev/null 2>&1 || { echo "There is no $python here; slactl needs Python 3.11 or newer." >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "slactl needs Python 3.11 or newer, and $python is $("$python" --version). Try: make PYTHON=python3.12" >&2
  exit 1
}
[ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && exit 0
rm -rf "$venv"
if ! "$python" -c 'import ensurepip' >/dev/null 2>&1; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  . "$(dirname "$0")/apt.sh"
  apt_install "python$version-venv"
fi
"$python" -m venv "$venv"
