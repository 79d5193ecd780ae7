#!/usr/bin/env bash
# Installs what is missing, builds and tests kdelta: the README's second command.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

Usage() {
  cat <<'END'
Usage: tools/test.sh [--preset NAME] [-- CTEST ARGUMENT...]
       tools/test.sh --e2e [--kong-admin-url URL] [-- RUN ARGUMENT...]
       tools/test.sh --e2e --data-plane-status-url URL --cluster-listen HOST:PORT --cluster-cert FILE
                     --cluster-cert-key FILE [-- RUN ARGUMENT...]

Installs what is missing (Debian 12, as root or with sudo), then configures, builds and tests.

  --preset NAME         which of CMakePresets.json: release (if not given), dev, tsan, fuzz, bench or coverage
  --e2e                 instead: `kdelta run` between a real kube-apiserver and a Kong, see tests/e2e/README.md
  --kong-admin-url URL  with --e2e: the Admin API of a running Kong. Without a database it loses its configuration, with
                        one it gets, and loses, entities that carry kdelta's tag. If not given, simulators stand in.
  --data-plane-status-url URL, --cluster-listen HOST:PORT, --cluster-cert FILE, --cluster-cert-key FILE
                        with --e2e: a running data plane. kdelta becomes its control plane at HOST:PORT with the
                        certificate that both share; the URL is that of its status API (status_listen).
  -h, --help            this text

What follows -- goes to ctest (such as -L counts), or with --e2e to tests/e2e/run (such as --list).
END
}

Fail() {
  printf 'test: %s\n' "$*" >&2
  exit 2
}

preset=release
given=()  # What goes to tests/e2e/run.
e2e=
while (($#)); do
  case $1 in
    --preset=*) preset=${1#*=} ;;
    --preset) preset=${2:?--preset needs a name} && shift ;;
    --e2e) e2e=1 ;;
    --kong-admin-url=* | --data-plane-status-url=* | --cluster-listen=* | --cluster-cert=* | --cluster-cert-key=*)
      given+=("$1")
      ;;
    --kong-admin-url | --data-plane-status-url | --cluster-listen | --cluster-cert | --cluster-cert-key)
      given+=("$1" "${2:?$1 needs a value}") && shift
      ;;
    -h | --help) Usage && exit ;;
    --) shift && break ;;
    *) Fail "unknown argument $1; see tools/test.sh --help" ;;
  esac
  shift
done
((${#given[@]} == 0)) || [[ -n $e2e ]] || Fail "${given[0]%%=*} goes with --e2e"

cd "$here/.."
if [[ -n $e2e ]]; then
  [[ $preset == release ]] || Fail '--e2e tests what is shipped, the release preset'
  groups=(base e2e)
  command -v go >/dev/null || groups+=(go)
  tools/setup.sh "${groups[@]}"
  cmake --preset release
  cmake --build --preset release --target kdelta
  exec tests/e2e/run "${given[@]}" "$@"
fi

groups=(base counts)
case $preset in
  fuzz | coverage) groups+=(fuzz) ;;
esac
tools/setup.sh "${groups[@]}"
cmake --preset "$preset"
cmake --build --preset "$preset"
ctest --preset "$preset" "$@"
