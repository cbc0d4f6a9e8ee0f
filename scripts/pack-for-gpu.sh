#!/usr/bin/env bash
# Packs Hueristic for a Linux x86-64 machine that has a GPU and neither Node.js nor a network: Node's binary, the
# packages that training and `bench -- step` need, and the source, as one xz archive in parts of at most 64 MiB.
# Left out: reports (their canvas), development packages, native TensorFlow, PyTorch. Make reports at home, from runs/.
#
#   scripts/pack-for-gpu.sh pack        # here
#   cat hueristic.tar.xz.* | tar xJ     # there
#   hueristic/run.sh doctor
#   hueristic/run.sh bench step --device webgpu
set -euo pipefail

fail() {
  echo "pack-for-gpu: $*" >&2
  exit 2
}

[ $# -le 1 ] && [[ ${1:-pack} != -* ]] || fail "usage: scripts/pack-for-gpu.sh [FOLDER]   (default: pack)"
[ "$(uname -sm)" = "Linux x86_64" ] || fail "$(uname -sm): expected Linux x86_64, since packages are taken as they are installed here"
for tool in node strip tar xz split ldd; do
  command -v "$tool" >/dev/null || fail "$tool not found: install it (Debian: binutils tar xz-utils coreutils)"
done
out=${1:-pack}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
[ -d node_modules/onnxruntime-node ] || fail "no node_modules here: run npm ci first"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
app=$work/hueristic
mkdir -p "$app/lib"
cp -r src bench bin experiments package.json "$app"
mkdir "$app/scripts"
cp scripts/typescript*.js "$app/scripts"

# The dependencies of package.json and theirs, optional ones where they are installed.
node - "$app/node_modules" <<'JAVASCRIPT'
const { cpSync, existsSync, readFileSync, realpathSync } = require("node:fs");
const path = require("node:path");
const root = realpathSync("node_modules");
const omitted = ["chart.js", "@napi-rs/canvas"];
const typesOnly = /^@(types|webgpu)\//;
const useless = /\.(map|md|markdown|d\.ts|d\.mts|d\.cts|flow|min\.js|c|cc|h|cpp|o|a)$|\/(fesm\w*|esm\w*|es2017)\.js$|tf-core\.(es2017|fesm)|\/(obj|obj\.target|deps\/sqlite3|test_extension\.node)$/;
const foreign = /onnxruntime-node\/bin\/napi-v\d+\/(?!linux($|\/x64|\/?$))/;
const seen = new Set();
function folderOf(name, from) {
  for (let folder = from; folder.startsWith(path.dirname(root)); folder = path.dirname(folder)) {
    const found = path.join(folder, "node_modules", name);
    if (existsSync(path.join(found, "package.json"))) return found;
  }
  return null;
}
function take(name, from, optional) {
  const folder = folderOf(name, from);
  if (folder === null) {
    if (optional) return;
    throw new Error(`${name} is not installed: npm ci`);
  }
  if (typesOnly.test(name) || seen.has(folder)) return;
  seen.add(folder);
  const keep = (file) => {
    const inside = file.slice(root.length);
    return !useless.test(inside) && !foreign.test(inside) && !(file !== folder && file === path.join(folder, "node_modules"));
  };
  cpSync(folder, path.join(process.argv[2], path.relative(root, folder)), { recursive: true, filter: keep });
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) take(name, folder, name in optionalDependencies);
  for (const name of Object.keys(optionalDependencies)) take(name, folder, true);
}
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
for (const name of [...Object.keys(dependencies), "esbuild"]) if (!omitted.includes(name)) take(name, path.dirname(root), false);
JAVASCRIPT

# Node, and the libraries that it and its addons load, for a machine that lacks them.
cp -L "$(command -v node)" "$app/node"
strip "$app/node"
for library in libstdc++.so.6 libgcc_s.so.1 libatomic.so.1 libvulkan.so.1; do
  file=$(ldconfig -p 2>/dev/null | awk -v name="$library" '$1 == name && /x86-64/ { print $NF; exit }')
  if [ -n "$file" ]; then cp -L "$file" "$app/lib/"; fi
done
[ -e "$app/lib/libvulkan.so.1" ] || echo "pack-for-gpu: no libvulkan.so.1 here to take along (apt-get install libvulkan1): WebGPU needs the one of the other machine"

cat >"$app/run.sh" <<'SHELL'
#!/usr/bin/env bash
# run.sh bench ... measures; anything else is a command of hueristic. lib/ serves where the machine lacks a library.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/lib/taken"
for file in "$here"/lib/*.so.*; do
  name=$(basename "$file")
  if { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q "$name .*x86-64"; then rm -f "$here/lib/taken/$name"; else ln -sf "../$name" "$here/lib/taken/$name"; fi
done
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib/taken
export PATH=$here:$PATH
if [ "${1:-}" = bench ]; then
  cd "$here" && exec ./node --import ./scripts/typescript.js bench/bench.ts "${@:2}"
fi
exec "$here/node" "$here/bin/hueristic.js" "$@"
SHELL
chmod +x "$app/run.sh"

rm -f "$out"/hueristic.tar.xz.*
(cd "$app" && du -sm node node_modules/onnxruntime-node node_modules | awk '{ printf "%-36s %5d MiB\n", $2, $1 }')
tar -C "$work" -c hueristic | xz -T0 -6 | split -b 64M - "$out/hueristic.tar.xz."
for part in "$out"/hueristic.tar.xz.*; do
  printf '%-36s %5d KiB\n' "$part" "$(($(stat -c %s "$part") / 1024))"
done
