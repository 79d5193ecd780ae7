#!/usr/bin/env bash
# Fetches the definitions of Kong's kinds and of the Gateway API's and prints the folder that holds them: kong/,
# standard/ and experimental/.
#
# They are YAML files in the Go modules that crds/go.mod pins. Nothing is compiled, so any Go will do, also one that is
# too old for what these modules contain; that is why each is downloaded by its version, and its hash compared here.
set -euo pipefail

readonly kKong=github.com/kong/kubernetes-configuration
readonly kGateway=sigs.k8s.io/gateway-api

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kdelta/e2e
export GOMODCACHE=${GOMODCACHE:-$cache/modules}
export GOTOOLCHAIN=local GOFLAGS=-mod=mod

Fail() {
  printf 'fetch_crds: %s\n' "$*" >&2
  exit 1
}

# The folder of the module $1 in the version that go.mod says, if its bytes are those that go.sum says.
Fetch() {
  local module=$1 version answer sum
  version=$(awk -v module="$module" '$1 == module { print $2 }' "$here/crds/go.mod")
  answer=$(cd / && go mod download -json "$module@$version") || Fail "cannot fetch $module@$version. go says: $answer"
  sum=$(sed -n 's/^\t*"Sum": "\(.*\)",*$/\1/p' <<<"$answer")
  grep -qxF "$module $version $sum" "$here/crds/go.sum" || Fail "$module@$version is $sum, which crds/go.sum does not say"
  sed -n 's/^\t*"Dir": "\(.*\)",*$/\1/p' <<<"$answer"
}

# Definitions, and the policy that comes with them; what else lies there is for kustomize.
Copy() {
  local target=$1 folder
  shift
  mkdir "$target"
  for folder in "$@"; do
    cp --no-preserve=mode "$folder"/*_*.yaml "$target/"
  done
}

hash=$(cd "$here" && cat fetch_crds.sh crds/go.mod crds/go.sum | sha256sum | cut -c1-16)
folder=$cache/crds-$hash
if [[ ! -d $folder ]]; then
  command -v go >/dev/null || Fail 'go is missing: run tools/setup.sh go, or put any Go on PATH'
  mkdir -p "$cache"
  part=$(mktemp -d "$cache/crds.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  kong=$(Fetch "$kKong")/config/crd
  gateway=$(Fetch "$kGateway")/config/crd
  Copy "$part/kong" "$kong/ingress-controller" "$kong/ingress-controller-incubator"
  Copy "$part/standard" "$gateway/standard"
  Copy "$part/experimental" "$gateway/experimental"
  mv --no-target-directory "$part" "$folder" || [[ -d $folder ]]   # Complete or absent; who comes second finds it.
fi
echo "$folder"
