#!/usr/bin/env bash
# The tests of the native part once under AddressSanitizer: what reads or writes beside its memory, or frees it twice, ends
# them. Builds into a folder of its own, and takes minutes. Usage: scripts/native-asan.sh [part of a test's path]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r native binding.gyp package.json scripts src test tsconfig.json "$work"
ln -s "$root/node_modules" "$work/node_modules"
cd "$work"
HUERISTIC_NATIVE=1 node scripts/build-native.js --native_sanitize=address
[ -f build/Release/hueristic.node ] || { echo "native-asan: not built" >&2; exit 1; }

# Node itself is not instrumented: the library must be loaded first, and what V8 keeps at its end is no leak of ours.
library=$(gcc -print-file-name=libasan.so)
export ASAN_OPTIONS=detect_leaks=0:halt_on_error=1:abort_on_error=1 HUERISTIC_NATIVE_TESTS=1
for file in test/engine/native/*.test.ts; do
  [[ $file == *${1:-}* ]] || continue
  LD_PRELOAD=$library node --import ./scripts/typescript.js --test --test-reporter=dot "$file"
  echo "$file"
done
echo "AddressSanitizer found nothing"
