# Sourced: installs Debian packages without starting their services.
apt_install() {
  command -v apt-get >/dev/null 2>&1 || {
    echo "These packages are missing, and there is no apt-get to install them: $*" >&2
    exit 1
  }
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
      echo "These packages are missing; install them as root: apt-get install $*" >&2
      exit 1
    }
    as_root="sudo"
  fi
  echo "Installing $* ..." >&2
  # policy-rc.d with 101 keeps the packages from starting services; the tests start their own
  kept=no
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
    $as_root chmod +x /usr/sbin/policy-rc.d
    kept=ours
  fi
  status=0
  { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } || status=$?
  [ "$kept" = ours ] && $as_root rm -f /usr/sbin/policy-rc.d
  return $status
}
