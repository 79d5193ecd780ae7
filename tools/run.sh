#!/usr/bin/env bash
# Installs what is missing, builds kdelta and runs its demo: the README's first command.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  cat <<'END'
Usage: tools/run.sh [DEMO OPTION...]

Installs what is missing (Debian 12, as root or with sudo), builds the release preset's kdelta and runs `kdelta demo`
with the given options. `build/release/bin/kdelta demo --help`, once built, lists them.
END
  exit
fi

"$here/setup.sh" base
# The demo's story is the output: what the build says goes to the other stream.
(cd "$here/.." && cmake --preset release && cmake --build --preset release --target kdelta) >&2
exec "$here/../build/release/bin/kdelta" demo "$@"
