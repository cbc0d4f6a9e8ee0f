#!/usr/bin/env bash
# Makes @tensorflow/tfjs-node or tfjs-node-gpu loadable where their own binary cannot be downloaded, or is too old
# (TensorFlow 2.9, CUDA 11): compiles their binding, two files, against the TensorFlow library inside the Python wheel.
# Linux (tried on x86-64 only); needs a C++ compiler, make, python3 and npm. TensorFlow stays where it is and must not move.
#
#   python3 -m venv .venv && .venv/bin/pip install tensorflow-cpu            # or 'tensorflow[and-cuda]' for CUDA
#   npm install --ignore-scripts      # after the usual install: adds tfjs-node-gpu without its download
#   scripts/link-tensorflow.sh --python .venv/bin/python
#
# tfjs-node-gpu serves a CPU as well: TensorFlow decides. `npm ci` removes what was linked: run both lines again.
# Left out: macOS and Windows, whose wheels hold no library to link against in this way.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/link-tensorflow.sh [--python PYTHON] [--tensorflow FOLDER_OR_WHEEL] [--modules NODE_MODULES]

  --python      the Python whose TensorFlow to use (default: python3)
  --tensorflow  the package folder itself, .../site-packages/tensorflow, or a .whl file, which is unpacked
                (0.9 GB) next to the binding; instead of --python
  --modules     the node_modules folder that holds the package (default: node_modules)
TEXT
}

step() { echo "link-tensorflow: $*"; }
fail() {
  echo "link-tensorflow: $*" >&2
  exit 2
}

python=python3
tensorflow=
modules=node_modules
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --python | --tensorflow | --modules) [ $# -ge 2 ] || fail "$1: expected a value" ;;&
    --python) python=$2 ;;
    --tensorflow) tensorflow=$2 ;;
    --modules) modules=$2 ;;
    *) usage >&2 && fail "unknown argument $1" ;;
  esac
  shift 2
done

[ "$(uname -s)" = Linux ] || fail "$(uname -s): expected Linux, the only system whose wheels can be linked against"
for tool in node npm python3 make c++; do
  command -v "$tool" >/dev/null || fail "$tool not found: install it (Debian: nodejs npm python3 make g++)"
done

# The package.
[ -d "$modules" ] || fail "--modules: no folder $modules"
modules=$(cd "$modules" && pwd -P)
package=
for name in tfjs-node-gpu tfjs-node; do
  [ -z "$package" ] && [ -f "$modules/@tensorflow/$name/binding.gyp" ] && package=$modules/@tensorflow/$name
done
[ -n "$package" ] || fail "neither @tensorflow/tfjs-node-gpu nor tfjs-node in $modules: run
  npm install --ignore-scripts"
name=@tensorflow/$(basename "$package")
step "package     $package"
mkdir -p "$package/deps/lib"

# TensorFlow: a folder with libtensorflow_cc.so.2, libtensorflow_framework.so.2 and include/.
case $tensorflow in
  "")
    command -v "$python" >/dev/null || fail "--python: $python not found"
    tensorflow=$("$python" -c 'import importlib.util as u; s = u.find_spec("tensorflow"); print((s and s.submodule_search_locations or [""])[0])')
    [ -n "$tensorflow" ] || fail "$python has no TensorFlow: run '$python -m pip install tensorflow-cpu', or 'tensorflow[and-cuda]' for CUDA"
    ;;
  *.whl)
    [ -f "$tensorflow" ] || fail "--tensorflow: no file $tensorflow"
    step "unpacking   $tensorflow"
    python3 - "$tensorflow" "$package/deps/wheel" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wanted = ("tensorflow/include/", "tensorflow/libtensorflow_")
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(wanted)])
PYTHON
    tensorflow=$package/deps/wheel/tensorflow
    ;;
esac
[ -d "$tensorflow" ] || fail "--tensorflow: no folder $tensorflow"
tensorflow=$(cd "$tensorflow" && pwd -P)
for file in libtensorflow_cc.so.2 libtensorflow_framework.so.2 include/tensorflow/c/c_api.h include/tensorflow/c/eager/c_api.h; do
  [ -e "$tensorflow/$file" ] || fail "$tensorflow holds no $file: expected the package folder of a recent TensorFlow from its Linux wheel (2.21 is known to work)"
done
case "$tensorflow$package" in
  *[[:space:]]*) fail "a path with a space cannot be linked: $tensorflow, $package" ;;
esac
step "TensorFlow  $tensorflow"

# deps/lib serves the linker only; at run time the library is found in its own folder, so that its own search paths
# (CUDA's libraries lie beside it) hold.
ln -sfn "$tensorflow/include" "$package/deps/include"
ln -sf "$tensorflow/libtensorflow_cc.so.2" "$package/deps/lib/libtensorflow.so"
ln -sf "$tensorflow/libtensorflow_framework.so.2" "$package/deps/lib/libtensorflow_framework.so"

gyp=$(npm root -g 2>/dev/null)/npm/node_modules/node-gyp/bin/node-gyp.js
[ -f "$gyp" ] || gyp=$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
[ -f "$gyp" ] || fail "no node-gyp inside npm ($(command -v npm)): expected npm 7 or later as it comes with Node.js"
# Node's headers: those that lie beside node itself; without them node-gyp downloads them from nodejs.org.
prefix=$(node -p 'path.resolve(process.execPath, "../..")')
nodedir=()
[ -f "$prefix/include/node/node_api.h" ] && nodedir=(--nodedir="$prefix")

napi=8
step "compiling   the binding (about 15 s)"
log=$package/link-tensorflow.log
if ! (cd "$package" && LDFLAGS="-Wl,-rpath,$tensorflow" node "$gyp" rebuild "${nodedir[@]}" \
  --module_name=tfjs_binding --module_path="$package/lib/napi-v$napi" --napi_build_version=$napi) >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  fail "compiling failed, the whole log is $log"
fi
rm -rf "$package/build" "$log"

step "testing     one convolution and its gradient"
(cd "$modules" && TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2} node - "$name" <<'JAVASCRIPT'
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value == null; // Gone since Node 23.
const tf = require(process.argv[2]);
const image = tf.ones([1, 4, 4, 1]);
const kernel = tf.ones([3, 3, 1, 1]);
const sum = (x) => tf.sum(tf.conv2d(image, x, 1, "same"));
const [value, slope] = [sum(kernel).dataSync()[0], tf.sum(tf.grad(sum)(kernel)).dataSync()[0]];
if (value !== 100 || slope !== 100) throw new Error(`expected 100 and 100, got ${value} and ${slope}`);
const device = tf.backend().isUsingGpuDevice ? "GPU" : "CPU";
console.log(`link-tensorflow: ready       ${process.argv[2]} ${tf.version["tfjs-node"]} on the ${device}`);
JAVASCRIPT
) || fail "the binding was compiled but does not work: the error stands above"
