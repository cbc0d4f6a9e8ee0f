#!/usr/bin/env bash
# Packs what measures the torch engine on a machine that has a GPU and Python with PyTorch, and neither Node.js nor a
# network: traces of some training steps, the losses that they should give, worker.py and hand-written PyTorch; and
# photographs for a training (which: docs/gpu.md).
#
#   scripts/pack-for-gpu.sh pack                   # here: pack/gpu-check.tar.xz
#   tar xJf gpu-check.tar.xz && python3 gpu-check/check.py    # there: under eight minutes, the log in results/
#
# `npm run gpu-check` packs and runs the same here, on the CPU where there is no GPU.
set -euo pipefail

fail() {
  echo "pack-for-gpu: $*" >&2
  exit 2
}

[ $# -le 1 ] && [[ ${1:-pack} != -* ]] || fail "usage: scripts/pack-for-gpu.sh [FOLDER]   (default: pack)"
for tool in node tar xz; do
  command -v "$tool" >/dev/null || fail "$tool not found: install it"
done
out=${1:-pack}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
[ -d node_modules/onnxruntime-node ] || fail "no node_modules here: run npm ci first"

check=$out/gpu-check
rm -rf "$check"
mkdir -p "$check/peers"
cp bench/gpu-check/check.py src/engine/torch/worker.py "$check"
cp bench/peers/beta.py bench/peers/pix2pix.py "$check/peers"
node --import ./scripts/typescript.js bench/gpu-check/write-cases.ts "$check/cases"
tar -C "$out" -cJf "$out/gpu-check.tar.xz" gpu-check
echo "$out/gpu-check.tar.xz: $(($(stat -c %s "$out/gpu-check.tar.xz") / 1024)) KiB"
