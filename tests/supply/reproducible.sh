#!/usr/bin/env bash
# Builds the program twice, from two folders of different names, and compares the bytes.
#
#   tests/supply/reproducible.sh                   the release, as it is given away: a quarter of an hour
#   tests/supply/reproducible.sh --quick           without any optimisation: five minutes, and the same folders to hide
#   tests/supply/reproducible.sh --one FOLDER      only prints the SHA-256 of a build of that folder, for comparing machines
#
# What would differ are names of folders: in the places that a panic names, in generated code, in C sources that name
# themselves. They are written as /selvedge and /cargo; nothing else is set. What is built is what git has as HEAD.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

profile=release one='' more=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick)
      profile=dev
      more=(--config 'profile.dev.package."*".opt-level=0' --config profile.dev.debug=0 --config profile.dev.incremental=false)
      shift ;;
    --one) one=$2; shift 2 ;;
    *) echo "usage: $0 [--quick] [--one FOLDER]" >&2; exit 2 ;;
  esac
done
cargo_home=${CARGO_HOME:-$HOME/.cargo}

# The program that a build of this folder made.
binary() { if [ "$profile" = dev ]; then echo "$1/target/debug/selvedge"; else echo "$1/target/$profile/selvedge"; fi; }

# Prints the hash of a build of the sources in a folder, whose target folder lies within.
built() {
  local folder
  folder=$(cd "$1" && pwd -P)
  (
    cd "$folder"
    unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET CARGO_INCREMENTAL
    export CARGO_TARGET_DIR=$folder/target
    export RUSTFLAGS="--remap-path-prefix=$folder=/selvedge --remap-path-prefix=$cargo_home=/cargo"
    export CFLAGS="-ffile-prefix-map=$folder=/selvedge -ffile-prefix-map=$cargo_home=/cargo"
    export CXXFLAGS=$CFLAGS SOURCE_DATE_EPOCH=0
    cargo build --quiet --locked --bin selvedge --profile "$profile" "${more[@]}" >&2
    sha256sum < "$(binary "$folder")" | cut -d' ' -f1
  )
}

if [ -n "$one" ]; then built "$one"; exit; fi

work=$(mktemp -d "${TMPDIR:-/tmp}/selvedge-reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The same sources for both, whatever is committed meanwhile.
commit=$(git rev-parse HEAD)
hashes=()
for folder in "$work/here" "$work/elsewhere/under-another-name"; do
  mkdir -p "$folder"
  git archive "$commit" | tar -x -C "$folder"
  hash=$(built "$folder")
  echo "$hash  $(basename "$folder")"
  hashes+=("$hash")
  rm -rf "$folder"
done
[ "${hashes[0]}" = "${hashes[1]}" ] || { echo "reproducible.sh: the two builds differ" >&2; exit 1; }
echo "reproducible.sh: the same bytes, profile $profile, $(rustc --version)"
