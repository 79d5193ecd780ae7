#!/usr/bin/env bash
# Installs the Debian 12 packages that a group of tools/packages.txt names and this machine lacks.
#
# With nothing missing it says nothing, asks for no rights and touches no network, so every command can start with it.
set -euo pipefail

kPackages=$(dirname "${BASH_SOURCE[0]}")/packages.txt
readonly kPackages

Usage() {
  cat <<END
Usage: tools/setup.sh [GROUP...]

Installs what is missing of the named groups of tools/packages.txt, as root or with sudo. Groups:
$(sed -n 's/^# \([a-z0-9]*\): \(.*\)$/  \1\t\2/p' "$kPackages")
Without a group: base.
END
}

Fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# Prints the packages of group $1.
PackagesOf() {
  awk -v group="$1" '
    /^# [a-z0-9]+: / { inside = ($2 == group ":") }
    inside && /^[a-z0-9]/ { print $1 }' "$kPackages"
}

# Prints those of the packages $@ that are not installed.
Missing() {
  local installed
  # dpkg-query fails if it does not know one of them, and lists the others all the same.
  installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed //p') || true
  printf '%s\n' "$@" | sort -u | grep -vxF -f <(printf '%s\n' "$installed") || true
}

IsDebian12() {
  # shellcheck disable=SC1091
  [[ -r /etc/os-release ]] && (. /etc/os-release && [[ ${ID:-} == debian && ${VERSION_ID:-} == 12 ]])
}

# Runs $@ as root.
AsRoot() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

Install() {
  echo "setup: installing $*" >&2
  # Another apt may hold the lock, on a fresh machine the one that updates it.
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600)
  AsRoot "${apt[@]}" update >&2 || Fail 'apt-get update failed; its message is above'
  AsRoot "${apt[@]}" install -y --no-install-recommends "$@" >&2 ||
    Fail 'apt-get install failed; its message is above'
}

groups=()
for argument in "$@"; do
  case $argument in
    -h | --help) Usage && exit ;;
    -*) Fail "unknown option $argument; see tools/setup.sh --help" ;;
    *) groups+=("$argument") ;;
  esac
done

wanted=()
for group in "${groups[@]:-base}"; do
  mapfile -t packages < <(PackagesOf "$group")
  ((${#packages[@]})) || Fail "no group $group in tools/packages.txt; see tools/setup.sh --help"
  wanted+=("${packages[@]}")
done

if ! IsDebian12; then
  Fail "this is not Debian 12; install these packages of it, or their like: ${wanted[*]}"
fi
mapfile -t missing < <(Missing "${wanted[@]}")
((${#missing[@]})) || exit 0
if ((EUID != 0)) && ! command -v sudo >/dev/null; then
  Fail "needs root or sudo to install: ${missing[*]}"
fi
Install "${missing[@]}"
