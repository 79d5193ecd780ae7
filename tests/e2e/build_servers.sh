#!/usr/bin/env bash
# Builds etcd, kube-apiserver and kubectl from servers/ and prints the folder that holds them.
#
# They are compiled from the Go modules that servers/go.mod pins and go.sum verifies: the same three binaries
# everywhere, and nothing prebuilt is trusted. That takes minutes, so they are kept under the hash of everything
# that decides their content and built again only when that changes.
set -euo pipefail

readonly kGoMinor=24                                # k8s.io/kubernetes v1.34 asks for Go 1.24.
readonly kToolchain=golang.org/toolchain@v0.0.1-go1.24.13

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kdelta/e2e
# Modules are megabytes by the hundred: they live with the other caches unless the caller has a place for them.
export GOMODCACHE=${GOMODCACHE:-$cache/modules}
# No toolchain but the one found below, no C compiler, no rewriting of go.mod, and the same bytes in any checkout.
export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false'

Fail() {
  printf 'build_servers: %s\n' "$*" >&2
  exit 1
}

# Whether the go command $1 is new enough; Debian 12's, 1.19, is not.
IsRecent() {
  local version
  version=$("$1" version 2>/dev/null) || return 1
  [[ $version =~ go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= kGoMinor))
}

# An old Go cannot build Kubernetes, but it can fetch a new Go, which is itself a module. A module has no execute bits;
# from 1.21 on the go command sets them when it switches toolchains, 1.19 leaves that to us.
FetchGo() {
  local module answer root
  module=$kToolchain.$(go env GOOS)-$(go env GOARCH)
  echo "build_servers: go is older than 1.$kGoMinor, fetching $module" >&2
  answer=$(cd / && GOFLAGS=-mod=mod go mod download -json "$module") ||
    Fail "cannot fetch $module; Go 1.$kGoMinor or newer on PATH would do as well. go says: $answer"
  root=$(sed -n 's/^\t*"Dir": "\(.*\)",*$/\1/p' <<<"$answer")
  chmod a+x "$root"/bin/* "$root"/pkg/tool/*/*
  echo "$root/bin/go"
}

FindGo() {
  command -v go >/dev/null || Fail 'go is missing: run tools/setup.sh go, or put Go 1.24 or newer on PATH'
  if IsRecent go; then
    command -v go
  else
    FetchGo
  fi
}

Build() {
  local go=$1 out=$2 version minor flags stamp=k8s.io/component-base/version
  version=$(sed -n 's/^\tk8s.io\/kubernetes \(v.*\)$/\1/p' "$here/servers/go.mod")
  # The version is what /version and kubectl report; Kubernetes' own build sets the same variables.
  minor=$(cut -d. -f2 <<<"$version")
  flags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$minor"
  # Two at a time and at the lowest priority: a package of Kubernetes takes up to 2 GB to compile.
  (cd "$here/servers" && GOROOT='' nice -n 19 "$go" build -p 2 -trimpath -ldflags "$flags" -o "$out/" ./...) >&2
}

hash=$(cd "$here" && cat build_servers.sh servers/go.mod servers/go.sum servers/*/*.go | sha256sum | cut -c1-16)
folder=$cache/servers-$hash
if [[ ! -d $folder ]]; then
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9                             # Whoever waits here finds the work done.
  if [[ ! -d $folder ]]; then
    go=$(FindGo)
    echo 'build_servers: building etcd, kube-apiserver and kubectl, once; about six minutes on two cores' >&2
    rm -rf "$folder.part"
    mkdir "$folder.part"
    # Three gigabytes of objects that nothing reads again: only the programs are kept.
    export GOCACHE=$folder.objects
    Build "$go" "$folder.part"
    mv "$folder.part" "$folder"       # Complete or absent.
    rm -rf "$GOCACHE"
  fi
fi
echo "$folder"
