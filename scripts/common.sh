# Shared by ./music and ./check; sourced by bash. Steps, failures in a sentence, and packages.
# shellcheck shell=bash

# A bare machine may have no locale at all.
export LC_ALL=C.UTF-8

step() { printf '%s: %s\n' "${0##*/}" "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# as_root COMMAND...: through sudo unless we are root already.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# listed FILE...: the package names of lists of packages.
listed() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$@"; }

# missing FILE...: those that are not installed. Needs no network.
missing() {
  local package
  for package in $(listed "$@"); do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      printf '%s\n' "$package"
  done
}

# need_space FOLDER MEGABYTES WHAT
need_space() {
  local free
  free=$(df -Pm "$1" | awk 'NR == 2 {print $4}')
  [ "$free" -ge "$2" ] ||
    fail "$3 needs about $2 MB in $1, and $free MB are free: make room and run ./${0##*/} again"
}

# logged LOG WHAT COMMAND...: keeps the output in LOG and shows the end of it only on failure.
logged() {
  local log=$1 what=$2
  shift 2
  mkdir -p "$(dirname "$log")" || fail "cannot write $(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    grep -q 'No space left on device' "$log" && fail "$what failed: the disk is full"
    fail "$what failed; the end of $log is above"
  fi
}

# install_packages MEGABYTES LIST...: installs what is missing of the lists; says so, or that
# nothing is.
install_packages() {
  local megabytes=$1 packages log=build/packages.log
  shift
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail "this is not Debian: install the equivalents of $(listed "$@" | tr '\n' ' ')and build" \
      "with cmake --preset release && cmake --build --preset release"
  fi
  packages=$(missing "$@")
  if [ -z "$packages" ]; then
    step "every package is here already"
    return
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "installing packages needs root, and there is no sudo: run as root: apt-get install" \
      "--no-install-recommends $(tr '\n' ' ' <<<"$packages")"
  fi
  need_space / "$megabytes" "installing packages"
  step "installing $(wc -w <<<"$packages") packages: $(tr '\n' ' ' <<<"$packages")"
  # A failed update of one source need not matter; whether the packages can be had does.
  mkdir -p build || fail "cannot write $PWD/build"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 || true
  # shellcheck disable=SC2086
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends \
    $packages >>"$log" 2>&1; then
    grep -E '^(E|Err|W):' "$log" | tail -n 8 >&2
    grep -q 'No space left on device' "$log" && fail "installing packages failed: the disk is full"
    grep -qE 'Temporary failure resolving|Could not resolve|Could not connect|Network is unreachable' \
      "$log" && fail "cannot reach Debian's packages: connect to the network and run ./${0##*/} again"
    fail "installing packages failed; apt-get's own words are above and in $log"
  fi
}
