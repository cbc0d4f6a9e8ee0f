// Adds 1 + 1 on one of ONNX Runtime's providers. A process of its own, started by probe-provider.ts: a driver may crash,
// and the first session fixes the GPU of its process. Arguments: the path of onnxruntime-node, the session's options as
// JSON, a model of y = x + x in base64. Prints one line of JSON: which files of /dev and which libraries were open.

const { existsSync, readdirSync, readFileSync, readlinkSync } = require("node:fs");

const [onnxruntime, options, model] = process.argv.slice(2);
const { InferenceSession, Tensor } = require(onnxruntime);

InferenceSession.create(Buffer.from(model, "base64"), JSON.parse(options))
  .then(async (session) => {
    const { y } = await session.run({ x: new Tensor("float32", [1], [1]) });
    if (y.data[0] !== 2) throw new Error(`1 + 1 gave ${y.data[0]}`);
    process.stdout.write(JSON.stringify({ nodes: openNodes(), libraries: libraries() }));
  })
  .catch((error) => {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  });

function openNodes() {
  if (!existsSync("/proc/self/fd")) return [];
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith("/dev/") ? [file] : [];
    } catch {
      return [];
    }
  });
}

function libraries() {
  if (!existsSync("/proc/self/maps")) return [];
  const files = readFileSync("/proc/self/maps", "utf8").match(/\/\S+\.so\S*/g) ?? [];
  return [...new Set(files)];
}
