#!/usr/bin/env bash
# Fetches the network that `undersong transcribe` hears with: the weights of npm's package
# @spotify/basic-pitch (Apache-2.0), in the version and with the digest of
# scripts/transcriber/package-lock.json, and puts them, converted, into your data folder.
#
#   scripts/get-transcriber.sh
#
# May be run again. Installs nodejs and npm by apt where they are missing. Only the package itself
# is fetched, by `npm pack`: `npm ci` would bring TensorFlow.js too, 70 packages that nothing here
# runs. No script of the package is run. Needs `undersong`: UNDERSONG=path/to/undersong where it is
# not build/release/bin/undersong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/common.sh
. scripts/common.sh

undersong=${UNDERSONG:-}
for built in release core dev; do
  [ -n "$undersong" ] || [ ! -x "build/$built/bin/undersong" ] || undersong=build/$built/bin/undersong
done
[ -n "$undersong" ] || undersong=$(command -v undersong || true)
[ -n "$undersong" ] || fail "build undersong first: cmake --workflow --preset release"

folder=build/transcriber
mkdir -p "$folder" || fail "cannot write $PWD/build"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  printf 'nodejs\nnpm\n' >"$folder/packages.txt"
  install_packages 700 "$folder/packages.txt"
fi

# locked FIELD: of the package in the lock file.
locked() {
  node -e 'const lock = JSON.parse(require("fs").readFileSync(process.argv[1]));
    console.log(lock.packages["node_modules/@spotify/basic-pitch"][process.argv[2]]);' \
    scripts/transcriber/package-lock.json "$1"
}

# digest FILE: as npm writes it.
digest() {
  node -e 'const bytes = require("fs").readFileSync(process.argv[1]);
    console.log("sha512-" + require("crypto").createHash("sha512").update(bytes).digest("base64"));' "$1"
}

archive=$folder/spotify-basic-pitch-$(locked version).tgz
if [ ! -e "$archive" ] || [ "$(digest "$archive")" != "$(locked integrity)" ]; then
  step "fetching $(locked resolved)"
  rm -f "$archive"
  if ! npm pack --silent --ignore-scripts --pack-destination "$folder" "$(locked resolved)" \
    >"$folder/npm.log" 2>&1; then
    tail -n 5 "$folder/npm.log" >&2
    fail "npm could not fetch the package: connect to the network and run scripts/get-transcriber.sh again"
  fi
fi
if [ "$(digest "$archive")" != "$(locked integrity)" ]; then
  rm -f "$archive"
  fail "the package that came is not the one that scripts/transcriber/package-lock.json names; nothing was kept"
fi
rm -rf "$folder/package"
tar -xzf "$archive" -C "$folder" package/model package/LICENSE
"$undersong" transcribe --import-network "$folder/package"
rm -rf "$folder/package"
