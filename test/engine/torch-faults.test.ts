// Whatever happens to the process of PyTorch, whoever waits for it gets one clear line, and nobody waits for ever.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { specsOf } from "../../src/engine/engine.ts";
import { findPython } from "../../src/engine/torch/find-python.ts";
import { createTorchEngine } from "../../src/engine/torch/torch-engine.ts";
import { findingOf } from "../../src/engine/torch/torch-finding.ts";
import { type StartOptions, startTorch } from "../../src/engine/torch/torch-process.ts";
import { UserError } from "../../src/errors.ts";
import { openStore } from "../../src/store/open-store.ts";
import { runCli } from "../cli/run-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { typescript } from "../typescript.ts";
import { betaExample, randomInputs } from "./examples.ts";
import { withoutTorch } from "./torch-for-tests.ts";

const skip = withoutTorch;
const windows = process.platform === "win32" && "shell scripts stand for Python";
const hasPython = (() => {
  try {
    execFileSync(findPython().command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** A program that stands for Python. */
function script(context: TestContext, text: string) {
  const command = path.join(temporaryFolder(context), "python");
  writeFileSync(command, `#!/bin/sh\n${text}\n`);
  chmodSync(command, 0o755);
  return { command, chosenBy: "HUERISTIC_PYTHON" };
}

/** The real Python, which runs `text` after it has loaded worker.py as `worker`. */
function patched(context: TestContext, text: string) {
  const file = path.join(temporaryFolder(context), "patched.py");
  const load =
    "import importlib.util, sys\nspec = importlib.util.spec_from_file_location('worker', sys.argv[1])";
  const run =
    "worker = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(worker)\ndel sys.argv[1]";
  writeFileSync(file, `${load}\n${run}\n${text}\nworker.main()\n`);
  return script(context, `exec ${findPython().command} ${file} "$@"`);
}

async function refused(python: ReturnType<typeof script>, pattern: RegExp, options?: StartOptions) {
  await assert.rejects(startTorch(python, options), (error: Error) => {
    assert.ok(error instanceof UserError, error.stack);
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

async function isGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await after(100);
  }
  assert.fail(`process ${pid} still lives`);
}

test("which Python is meant", () => {
  const all = () => true;
  const active = { VIRTUAL_ENV: "/venv", CONDA_PREFIX: "/conda" };
  const named = { HUERISTIC_PYTHON: "/own/python", ...active };
  assert.deepEqual(findPython(named, all), { command: "/own/python", chosenBy: "HUERISTIC_PYTHON" });
  assert.equal(findPython(active, all, "linux").command, "/venv/bin/python");
  assert.equal(findPython(active, (file) => file.startsWith("/conda"), "linux").command, "/conda/bin/python");
  assert.equal(findPython(active, () => false, "linux").command, "python3");
});

test("no such Python", () =>
  refused(
    { command: "/nowhere/python", chosenBy: "HUERISTIC_PYTHON" },
    /^no Python: \/nowhere\/python \(HUERISTIC_PYTHON\) is not there$/,
  ));

test("no Python at all: it prints rubbish", { skip: windows }, (context) =>
  refused(
    script(context, "yes rubbish | head -c 200000; sleep 60"),
    /is no Python that runs worker.py: it prints "rubbish/,
  ),
);

test("it ends at once", { skip: windows }, (context) =>
  refused(
    script(context, "echo 'no such option' >&2; exit 3"),
    /ended before .* \(exit code 3\); its last words: no such option/,
  ),
);

test("it hangs at the start", { skip: windows }, (context) =>
  refused(
    script(context, "echo thinking >&2; exec sleep 600"),
    /has not imported PyTorch within 0.5 s; it said: thinking/,
    {
      startMs: 500,
    },
  ),
);

test("a Python without PyTorch", { skip: windows || (!hasPython && "no Python here") }, async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(
    path.join(folder, "torch.py"),
    "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')",
  );
  const python = script(context, `PYTHONPATH=${folder} exec ${findPython().command} "$@"`);
  const { introduction } = await startTorch(python);
  const found = findingOf(introduction);
  assert.ok(!found.found);
  assert.match(found.reason, /^Python 3\.\d+\.\d+ \(.*\) has no PyTorch$/);
  assert.match(found.remedy, / -m pip install torch$/);
});

/** A beta that is trained for many steps, so that something can happen meanwhile. */
async function longTraining(python: ReturnType<typeof script>) {
  const torch = await startTorch(python);
  const engine = await createTorchEngine(torch, { device: "cpu", description: "cpu", threads: 1 });
  const example = betaExample(32, 8);
  const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
  const run = (count: number) =>
    compiled.run(engine.importState(example.initial), count, randomInputs(example, count));
  return { torch, engine, run };
}

test("killed at work: all who wait are told, and whoever comes later", { skip }, async () => {
  const { torch, engine, run } = await longTraining(findPython());
  const waiting = [run(200), run(200)];
  setTimeout(() => process.kill(torch.pid, "SIGKILL"), 1000);
  const told = {
    name: "UserError",
    message: /^the process of PyTorch was killed \(SIGKILL\).*train.batch_size/,
  };
  for (const one of waiting) await assert.rejects(one, told);
  await assert.rejects(run(1), told);
  engine.release(engine.importState({}));
});

test("Ctrl-C reaches it too, and it goes on: whoever started it decides", {
  skip: skip || windows,
}, async () => {
  const { torch, run } = await longTraining(findPython());
  const running = run(3);
  process.kill(torch.pid, "SIGINT");
  assert.equal((await running).losses.loss!.length, 3);
  torch.end();
  await isGone(torch.pid);
});

test("what libraries print is not taken for an answer", { skip: skip || windows }, async (context) => {
  const noisy = `
run = worker.Step.run
def loud(*arguments):
    print("a library says hello", flush=True)
    import os
    os.system("echo and so does a program")
    return run(*arguments)
worker.Step.run = loud`;
  const banner = patched(context, noisy);
  writeFileSync(banner.command, `#!/bin/sh\necho "Welcome to this computer"\n${execTail(banner.command)}`);
  const { torch, run } = await longTraining(banner);
  assert.equal((await run(2)).losses.loss!.length, 2);
  torch.end();
});

function execTail(file: string): string {
  return execFileSync("tail", ["-n", "+2", file], { encoding: "utf8" });
}

test("a full memory: CUDA's words and the batch that would fit", {
  skip: skip || windows,
}, async (context) => {
  const full = `
import torch
def run(step, state, *_):
    images, others = step.lowering.bytes_at_peak()
    weights = sum(4 * tensor.numel() for tensor in state.values())
    step.worker.memory = lambda: (weights + others + 0.4 * images) / 0.9
    raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\\nGPU 0 has ...")
worker.Step.run = run`;
  const { torch, run } = await longTraining(patched(context, full));
  const words =
    /^the device's memory is full: CUDA out of memory\. Tried to allocate 2\.00 GiB\.; about 2 instead of 8 images a step would fit: train\.batch_size: 2, or train\.accumulate: 4$/;
  await assert.rejects(run(1), { name: "UserError", message: words });
  torch.end();
});

/** A PyTorch whose gradients of convolutions are wrong where `condition` holds, as Debian's 2.6.0 has it with oneDNN. */
function wrongWhere(context: TestContext, condition: string) {
  return patched(
    context,
    `
import torch
real = worker.aten
class Backward:
    @staticmethod
    def default(dy, *given):
        dx, *others = real.convolution_backward.default(dy, *given)
        return (dx + 1 if dx is not None and dx.dtype == torch.float32 and (${condition}) else dx, *others)
class Aten:
    convolution_backward = Backward
    def __getattr__(self, name):
        return getattr(real, name)
worker.aten = Aten()`,
  );
}

test("a oneDNN that computes wrong numbers is not used, which is said", {
  skip: skip || windows,
}, async (context) => {
  const { command } = wrongWhere(context, "torch.backends.mkldnn.enabled");
  const cwd = temporaryFolder(context);
  writeFileSync(
    path.join(cwd, "small.yaml"),
    "model: alpha\nengine: torch\ndevice: cpu\ndataset: { kind: synthetic, count: 8 }\nimage: { size: 8 }\ntrain: { epochs: 1, batch_size: 4 }\nmetrics: []\n",
  );
  const { code, stderr } = await runCli(["run", "small.yaml"], { cwd, env: { HUERISTIC_PYTHON: command } });
  assert.equal(code, 0, stderr);
  const said =
    /engine: torch: the oneDNN of PyTorch \S+ computes wrong numbers here \(gradients of convolutions\), so it runs without/;
  assert.match(stderr, said);
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  const [run] = store.listRuns();
  const recorded = store.events(run!.id).filter(({ kind }) => kind === "engine");
  store.close();
  assert.deepEqual(
    recorded.map(({ level, message }) => [level, said.test(message)]),
    [
      ["info", false],
      ["warning", true],
    ],
  );
});

test("a PyTorch that computes wrong numbers is refused, and no engine of a device for doctor", {
  skip: skip || windows,
}, async (context) => {
  const python = wrongWhere(context, "True");
  const cwd = temporaryFolder(context);
  const { stdout } = await runCli(["doctor"], { cwd, env: { HUERISTIC_PYTHON: python.command } });
  assert.match(
    stdout,
    /✗ engine torch +PyTorch .*: computes wrong numbers on cpu \(gradients of convolutions\)/,
  );
  assert.match(stdout, /✓ device cpu .*engines: onnx$/m);
  const torch = await startTorch(python);
  await assert.rejects(createTorchEngine(torch, { device: "cpu", description: "cpu" }), {
    name: "UserError",
    message:
      /^engine: torch: PyTorch \S+ computes wrong numbers on cpu: gradients of convolutions; another version/,
  });
  torch.end();
});

test("a GPU that PyTorch names and cannot use is no fault of its CPU, nor of other engines", {
  skip: skip || windows,
}, async (context) => {
  const named =
    "worker.describe_devices = lambda: [{'name': 'cuda:0', 'description': 'Old GPU', 'bytes': None}]";
  const { command } = patched(context, named);
  const cwd = temporaryFolder(context);
  const { code, stdout } = await runCli(["doctor"], { cwd, env: { HUERISTIC_PYTHON: command } });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /✓ engine torch +PyTorch .*, does not work on cuda:0: [^\n]+/);
  assert.match(stdout, /✓ device cpu .*engines: onnx, torch$/m);
});

test("no answer for too long", { skip: skip || windows }, async (context) => {
  const stuck = "import time\nworker.Worker.configure = lambda *given: time.sleep(600)";
  const torch = await startTorch(patched(context, stuck), { answerMs: 300 });
  await assert.rejects(torch.ask("configure", {}), {
    name: "UserError",
    message: /has not answered for 0.3 s/,
  });
  await isGone(torch.pid);
});

test("whoever started it is killed: it ends", { skip: skip || windows }, async () => {
  const program = fileURLToPath(new URL("./torch-child.ts", import.meta.url));
  const child = spawn(process.execPath, [...typescript, program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = await new Promise<number[]>((resolve) => {
    child.stdout.once("data", (line: Buffer) => resolve([Number(line)]));
  });
  assert.ok(pid);
  process.kill(pid, 0);
  child.kill("SIGKILL");
  await isGone(pid);
});
