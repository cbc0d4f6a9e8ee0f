import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { listSharedSweeps } from "../../src/store/shared-sweeps/shared-sweep.ts";
import { k8sManifest } from "../../src/sweep/launching/k8s-manifest.ts";
import { readK8sOptions } from "../../src/sweep/launching/k8s-options.ts";
import { readPair } from "../../src/sweep/launching/launcher.ts";
import { readSlurmOptions } from "../../src/sweep/launching/slurm-options.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { callCli } from "../cli/call-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { base, problems, sweepOf } from "./fixtures.ts";

const grid = "method: grid\nparameters: {train.batch_size: {values: [4, 8]}}";

describe("--launcher slurm", () => {
  it("translates submitit's names, passes sbatch's own on, and says what is wrong with each", () => {
    const { options, problems: none } = readSlurmOptions({
      timeout_min: 90,
      mem_gb: 1.5,
      name: "mine",
      tasks_per_node: 1,
      gpus_per_node: 1,
      exclusive: true,
      requeue_hold: false,
      setup: ["module load cuda", "export A='b c'"],
      additional_parameters: { hint: "nomultithread", "mail-type": "FAIL", constructor: 1 },
    });
    assert.deepEqual(none, []);
    assert.deepEqual(Object.fromEntries(options.sbatch), {
      time: 90,
      mem: "1536M",
      "job-name": "mine",
      "ntasks-per-node": 1,
      "gpus-per-node": 1,
      exclusive: true,
      hint: "nomultithread",
      "mail-type": "FAIL",
      constructor: 1,
    });
    assert.deepEqual([options.arrayParallelism, options.signalDelaySeconds], [256, 120]);

    const wrong = readSlurmOptions({
      "Bad key": 1,
      partition: "gpu\n#SBATCH --wrap=id",
      comment: "$(id)",
      account: "a'b",
      qos: null,
      array: "0-3",
      nodes: 2,
      array_parallelism: 0,
      setup: [1],
      additional_parameters: { output: "/etc/passwd" },
    });
    const characters = "expected printable ASCII without quotes, backslashes, backticks and $";
    assert.deepEqual(
      wrong.problems.map(({ path: keys, text }) => `${keys.join(".")}: ${text}`),
      [
        "array_parallelism: expected a whole number, at least 1, got 0",
        "setup: expected a list of lines of shell",
        "Bad key: expected the name of an option of sbatch: small letters, digits, _ and -",
        `partition: ${characters}`,
        `comment: ${characters}`,
        `account: ${characters}`,
        "qos: expected a text, a number, true or false, got null",
        "array: the script says it itself: array_parallelism says how many agents there are",
        "nodes: expected 1, as an agent is one process, got 2; array_parallelism says how many there are",
        "additional_parameters.output: the script says it itself: the log lies beside the script",
      ],
    );
  });

  it("reads key=value as YAML has numbers, and leaves texts as they are", () => {
    const given = [
      "time=02:00:00",
      "array_parallelism=16",
      "gres=gpu:1",
      "qos=007",
      "exclusive=true",
      "a=b=c",
      "a=",
    ];
    assert.deepEqual(
      given.map((text) => readPair(text)?.[1]),
      ["02:00:00", 16, "gpu:1", "007", true, "b=c", ""],
    );
    assert.equal(readPair("partition"), null);
  });

  it("shows its script with --dry-run: an array of no more agents than trials, and changes nothing", async (test) => {
    const cwd = temporaryFolder(test);
    writeFileSync(path.join(cwd, "base.yaml"), base);
    writeFileSync(
      path.join(cwd, "s.yaml"),
      `experiment: base.yaml\nname: "a; id"\n${grid}\nlauncher: {kind: slurm, qos: low}\n`,
    );
    const { code, stdout, stderr } = await callCli(
      [
        "sweep",
        "s.yaml",
        "--dry-run",
        "--runs",
        "it is here",
        "--slurm",
        "partition=gpu",
        "comment=two words",
        "qos=high",
      ],
      { cwd },
    );
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\n").map((line) => line.replaceAll(cwd, "/cwd"));
    const id = /sweep (\w{12}),/.exec(stdout)![1]!;
    assert.deepEqual(lines.slice(3, 12), [
      "#SBATCH --job-name=hueristic-a-id",
      "#SBATCH --qos=high",
      "#SBATCH --partition=gpu",
      "#SBATCH --comment='two words'",
      "#SBATCH --array=0-1",
      `#SBATCH --output='/cwd/it is here/sweeps/${id}/slurm-%A_%a.log'`,
      "#SBATCH --open-mode=append",
      "#SBATCH --requeue",
      "#SBATCH --signal=B:USR1@120",
    ]);
    const started =
      /^exec \S+ \S+ agent \w+ --runs '\/cwd\/it is here' --retries 0 --requeue --threads "\$\{SLURM_CPUS_ON_NODE:-1\}"$/;
    assert.match(lines.at(-2)!, started);
    assert.ok(lines.slice(12, -2).includes("trap '' USR1"), "before anything listens to it");
    assert.equal(existsSync(path.join(cwd, "it is here")), false);

    const local = await callCli(["sweep", "s.yaml", "--dry-run", "--launcher", "local"], { cwd });
    assert.match(local.stdout, /^sweep \w{12}: a; id, grid; 2 trials; a dry run, nothing is trained\n/);
    const mixed = await callCli(["sweep", "s.yaml", "--k8s", "image=a"], { cwd });
    assert.match(mixed.stderr, /^error: sweep: --k8s: expected together with --launcher k8s\n$/);
    const none = await callCli(["sweep", "s.yaml", "--dry-run", "--slurm", "partition"], { cwd });
    assert.match(
      none.stderr,
      /^error: --slurm: expected key=value, such as partition=gpu, got "partition"\n$/,
    );
  });
});

it("--dry-run without a launcher shows the trials whole, and leaves nothing", async (test) => {
  const cwd = temporaryFolder(test);
  writeFileSync(path.join(cwd, "base.yaml"), base);
  const plan = async (text: string, ...words: string[]) => {
    writeFileSync(path.join(cwd, "s.yaml"), `experiment: base.yaml\n${text}`);
    const { code, stdout, stderr } = await callCli(["sweep", "s.yaml", "--dry-run", ...words], { cwd });
    return { code, stderr, lines: stdout.split("\n").map((line) => line.trimEnd()) };
  };
  const values = "{values: [{name: adam, learning_rate: 1e-3}, sgd]}";
  const grid = await plan(
    `method: grid\nseeds: [1, 2]\nparameters:\n  train.optimizer: ${values}\n  train.epochs: {value: 1}\n`,
    "~image",
  );
  assert.deepEqual([grid.code, grid.stderr], [0, ""]);
  assert.match(
    grid.lines[0]!,
    /: s, grid; 2 configurations with 2 seeds each: 4 trials; a dry run, nothing is trained$/,
  );
  assert.deepEqual(grid.lines.slice(1, -1), [
    "experiment  base.yaml",
    "in all      train.epochs: 1",
    "without     image",
    "",
    "trial  train.optimizer           seed",
    "    0  adam learning_rate=0.001     1",
    "    1  adam learning_rate=0.001     2",
    "    2  sgd                          1",
    "    3  sgd                          2",
  ]);
  const range = "parameters:\n  train.optimizer.learning_rate: {min: 0.001, max: 0.1}\n";
  const random = await plan(`method: random\n${range}`);
  assert.match(random.lines[0]!, /random; trials until it is stopped;/);
  assert.deepEqual([random.lines.length, random.lines.at(-2)], [27, "and so on"]);
  const metric = "metric: {name: unseen/loss}\nrun_cap: 9\nsearch: {n_startup_trials: 2}";
  const bayes = await plan(`method: bayes\n${metric}\n${range}`);
  assert.match(bayes.lines[0]!, /bayes; 9 trials;/);
  assert.deepEqual(bayes.lines.slice(4), [
    random.lines[4],
    random.lines[5],
    "",
    "what is tried after these follows from what they come to",
    "",
  ]);
  const both = await plan(`method: random\n${range}`, "--status");
  assert.deepEqual(
    [both.code, both.stderr],
    [2, "error: sweep: expected either --dry-run or --status, got both\n"],
  );
  assert.equal(existsSync(path.join(cwd, "runs")), false);
});

it("what sbatch refuses is told in one line, and the sweep stays on this machine", async (test) => {
  const cwd = temporaryFolder(test);
  writeFileSync(path.join(cwd, "base.yaml"), base);
  writeFileSync(path.join(cwd, "s.yaml"), `experiment: base.yaml\n${grid}\nlauncher: {kind: slurm}\n`);
  const paths = process.env.PATH;
  process.env.PATH = cwd;
  test.after(() => {
    process.env.PATH = paths;
  });
  const says = async (script: string | null) => {
    if (script !== null) writeFileSync(path.join(cwd, "sbatch"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { code, stderr } = await callCli(["sweep", "s.yaml"], { cwd });
    assert.equal(code, 2);
    assert.deepEqual(listSharedSweeps(path.join(cwd, "runs")), []);
    return stderr;
  };
  assert.equal(await says(null), "error: sbatch: not found; --dry-run shows the script without Slurm\n");
  assert.equal(await says("exit 3"), "error: sbatch: ended with 3 and said nothing\n");
  const two = "echo 'sbatch: error: no such partition' >&2; echo 'sbatch: error: failed' >&2; exit 1";
  assert.equal(await says(two), "error: sbatch: error: no such partition; error: failed\n");
});

describe("launcher of a sweep's file", () => {
  it("is no part of what the sweep is known by, and is checked with its lines", () => {
    const launched = sweepOf(`${grid}\nlauncher: {kind: slurm, partition: gpu}`);
    assert.equal(sweepId(launched), sweepId(sweepOf(grid)));
    assert.deepEqual(problems(`${grid}\nlauncher:\n  kind: slurn\n`), [
      '5: launcher.kind: expected one of slurm, k8s, got "slurn", did you mean slurm?',
    ]);
    assert.deepEqual(problems(`${grid}\nlauncher:\n  kind: slurm\n  partition: gpu\n  open-mode: x\n`), [
      "7: launcher.open-mode: the script says it itself: the log is added to",
    ]);
  });
});

describe("--launcher k8s", () => {
  const { options } = readK8sOptions({
    image: "registry.example/hueristic:0.1",
    volume_claim: "runs",
    gpus: 1,
  });
  const manifest = k8sManifest({
    sweep: { id: "0123456789ab", name: "a\nb: c" },
    options: options!,
    pods: 4,
    runsFolder: "/disk/it is here",
    agent: ["agent", "0123456789ab", "--runs", "/disk/it is here"],
    user: { uid: 1000, gid: 100 },
  });

  it("writes a job of as many pods, each an agent that is given time to save", () => {
    const { spec } = parse(manifest);
    const { completions, parallelism, completionMode, template } = spec;
    assert.deepEqual([completions, parallelism, completionMode], [4, 4, "Indexed"]);
    assert.deepEqual(
      spec.podFailurePolicy.rules.map(({ action }: { action: string }) => action),
      ["Ignore", "FailIndex"],
    );
    const [container] = template.spec.containers;
    assert.deepEqual(container.args, [
      "agent",
      "0123456789ab",
      "--runs",
      "/disk/it is here",
      "--threads",
      "4",
    ]);
    assert.deepEqual(container.resources.limits, { memory: "8192Mi", "nvidia.com/gpu": "1" });
    assert.equal(container.volumeMounts[0].mountPath, "/disk/it is here");
    assert.deepEqual(template.spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 100,
      fsGroup: 100,
    });
  });

  it("says what is missing or wrong", () => {
    const { problems: found } = readK8sOptions({ image: "a b", paralelism: 3, gpus: -1 });
    assert.deepEqual(
      found.map(({ path: keys }) => keys.join(".")),
      ["image", "paralelism", "gpus", "volume_claim"],
    );
    assert.match(found[1]!.text, /did you mean parallelism\?/);
    const wrongOf = (volume_claim: string, sub_path: string, namespace: string) =>
      readK8sOptions({ image: "a", volume_claim, sub_path, namespace }).problems.map(
        ({ path: [key] }) => key,
      );
    assert.deepEqual(wrongOf(`pool.runs-${"a".repeat(64)}`, "a..b/.c", "color"), []);
    assert.deepEqual(wrongOf("a..b", "a/../b", "a.b"), ["volume_claim", "sub_path", "namespace"]);
    assert.deepEqual(wrongOf("a".repeat(254), "/a", "a".repeat(64)), [
      "volume_claim",
      "sub_path",
      "namespace",
    ]);
  });

  const models = process.env.HUERISTIC_KUBERNETES_MODELS ?? "";
  const job = path.join(models, "node_modules/kubernetes-models/batch/v1/Job.mjs");
  const skip =
    models !== "" && existsSync(job)
      ? false
      : "HUERISTIC_KUBERNETES_MODELS names no folder with kubernetes-models (npm install --prefix <folder> kubernetes-models)";
  it("is what the published schema of a Job asks for", { skip }, async () => {
    const { Job } = await import(pathToFileURL(job).href);
    const validate = (text: string) => new Job(parse(text)).validate();
    validate(manifest);
    for (const [from, to] of [
      ["completions: 4", "completions: four"],
      ["containers:", "container:"],
    ] as const)
      assert.throws(() => validate(manifest.replace(from, to)), from);
  });
});

it("the image of pods is built as it stands: in stages, from the lock file, for a user who is not root", () => {
  const lines = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8").split("\n");
  assert.equal(lines.filter((line) => line.startsWith("FROM ")).length, 2);
  assert.ok(lines.some((line) => /^RUN .*npm ci/.test(line)));
  assert.ok(lines.lastIndexOf("USER node") > lines.findLastIndex((line) => line.startsWith("COPY ")));
});
