#!/usr/bin/env bash
# Runs fuzz targets for as long as is asked, and files what they find as a seed: fuzz/README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."

# Every target that the build knows, one a line.
Targets() { sed -n 's/^kdelta_fuzzer(\([a-z0-9_]*\) .*/\1/p' fuzz/CMakeLists.txt; }

Usage() {
  cat <<'END'
Usage: tools/fuzz.sh [--corpus FOLDER] TARGET|all [SECONDS]
       tools/fuzz.sh --list

Installs what is missing (Debian 12, as root or with sudo), builds the preset fuzz, and runs a target of fuzz/ with
its dictionary from its corpus, SECONDS long (60 if not given); `all` runs each target that long, one after the other.

What a target finds is made as small as libFuzzer can, becomes a file of the corpus, from now on a test of every
preset, and is told with the command that replays it. What a run learns beside that stays in build/fuzz/learnt/TARGET
and makes the next run begin where this one ended. The exit status is 1 if something was found.

  --corpus FOLDER  whose folder TARGET is the corpus, and is where a failure goes; fuzz/corpus if not given
  --list           the targets
  -h, --help       this text
END
}

Fail() {
  printf 'fuzz: %s\n' "$*" >&2
  exit 2
}

corpus=fuzz/corpus
while (($#)); do
  case $1 in
    --corpus=*) corpus=${1#*=} ;;
    --corpus) corpus=${2:?--corpus needs a folder} && shift ;;
    --list) Targets && exit ;;
    -h | --help) Usage && exit ;;
    -*) Fail "unknown argument $1; see tools/fuzz.sh --help" ;;
    *) break ;;
  esac
  shift
done
(($# == 1 || $# == 2)) || Fail 'which target? see tools/fuzz.sh --help'
seconds=${2:-60}
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || Fail "SECONDS is a whole number from 1, not $seconds"
mapfile -t targets < <(Targets)
if [[ $1 == all ]]; then
  # The canary has a defect planted: a test sees to it that it is found.
  mapfile -t targets < <(printf '%s\n' "${targets[@]}" | grep -vx canary)
  build=fuzzers
else
  printf '%s\n' "${targets[@]}" | grep -qxF -e "$1" ||
    Fail "no target $1; there are: all ${targets[*]}"
  targets=("$1")
  build=$1_fuzz
fi

tools/setup.sh base fuzz
[[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz
cmake --build --preset fuzz --target "$build"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Makes $2, on which target $1 fails, as small as may be, and prints where it was filed.
File() {
  local target=$1 input=$2 small=$scratch/small options
  shift 2
  options=("$@")
  rm -f "$small"
  # What is slow or takes much memory would be as slow at each step; it is kept as it is.
  if [[ ${input##*/} == crash-* ]]; then
    "build/fuzz/bin/${target}_fuzz" "${options[@]}" -minimize_crash=1 -max_total_time=30 \
      -exact_artifact_path="$small" "$input" >"$scratch/minimizing" 2>&1 || true
  fi
  [[ -s $small ]] || cp "$input" "$small"
  local sum filed
  sum=$(sha1sum <"$small")
  filed=$corpus/$target/found-${sum:0:12}
  mkdir -p "${filed%/*}"
  cp "$small" "$filed"
  printf '%s' "$filed"
}

# Runs target $1; false if it found something.
Run() {
  local target=$1 options=() artifacts=$scratch/$1/ learnt=build/fuzz/learnt/$1 filed
  mkdir -p "$artifacts" "$learnt" "$corpus/$target"
  mapfile -t options < <(sed -n 's/^\([a-z_]* = .*\)$/-\1/p' "build/fuzz/bin/${target}_fuzz.options" | tr -d ' ')
  [[ ! -f fuzz/dictionaries/$target.dict ]] || options+=("-dict=fuzz/dictionaries/$target.dict")
  printf '== %s, %d s\n' "$target" "$seconds"
  if "build/fuzz/bin/${target}_fuzz" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="$artifacts" "$learnt" "$corpus/$target" >"$scratch/log" 2>&1; then
    grep -E '^(Done|stat::number_of_executed_units)' "$scratch/log" || true
    return 0
  fi
  local input
  input=$(find "$artifacts" -type f ! -name 'slow-unit-*' | head -n 1)
  if [[ -z $input ]]; then  # One of the corpus fails, or the target did not start.
    cat "$scratch/log" >&2
    printf 'fuzz: %s failed and left no input; its output is above\n' "$target" >&2
    return 1
  fi
  filed=$(File "$target" "$input" "${options[@]}")
  grep -E '^(SUMMARY|==[0-9]+== ?ERROR|ALARM|.*(CHECK|runtime error))' "$scratch/log" | head -n 5 || true
  printf 'fuzz: %s failed. Replay: build/fuzz/bin/%s_fuzz %s\n' "$target" "$target" "$filed"
  return 1
}

found=0
for target in "${targets[@]}"; do
  Run "$target" || found=1
done
exit "$found"
