import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findSweep, type Known, meaningOf, runMeant, runsMeant } from "../../src/runs/references.ts";

const run = (id: string, name: string, tags: string[] = [], source: string | null = null) => ({
  id,
  name,
  tags,
  source,
});

/** Newest first. */
const runs = [
  run("dddd4444", "night", ["paper"], "experiments/b.yaml"),
  run("cccc3333", "b", ["paper", "base"], "experiments/b.yaml"),
  run("aabb2222", "base", [], "./experiments/a.yaml"),
  run("aaaa1111", "base", ["old"], "experiments/a.yaml"),
];

const known: Known = {
  where: "outside",
  runs: () => runs,
  sweeps: () => [
    { id: "ee00", name: "grid" },
    { id: "aa99", name: "empty" },
    { id: "ff11", name: "night" },
  ],
  runsOfSweep: (id) => (id === "ee00" ? ["aaaa1111", "dddd4444"] : []),
  file(ref) {
    if (ref === "grid.yaml") return { kind: "sweep", sweepId: "ee00" };
    if (ref === "study.yaml") return { kind: "definition", refs: ["base", "grid.yaml"] };
    if (ref === "experiments/b.yaml") return { kind: "definition", refs: ["experiments/b.yaml"] };
    return null;
  },
};

describe("a reference", () => {
  it("means runs by every name that they have", () => {
    const cases: readonly [ref: string, runIds: string[]][] = [
      ["latest", ["dddd4444"]],
      ["aaaa1111", ["aaaa1111"]],
      ["AAB", ["aabb2222"]],
      ["b", ["cccc3333"]],
      ["base", ["aabb2222"]], // a name goes before a tag, and the newest of a name
      ["paper", ["cccc3333", "dddd4444"]],
      ["old", ["aaaa1111"]],
      ["experiments/a.yaml", ["aaaa1111", "aabb2222"]],
      ["./experiments/a.yaml", ["aaaa1111", "aabb2222"]],
      ["experiments/b.yaml", ["cccc3333", "dddd4444"]], // a file with a report section
      ["grid", ["aaaa1111", "dddd4444"]],
      ["ee", ["aaaa1111", "dddd4444"]],
      ["night", ["dddd4444"]], // a run goes before a sweep
      ["grid.yaml", ["aaaa1111", "dddd4444"]],
      ["study.yaml", ["aabb2222", "aaaa1111", "dddd4444"]],
    ];
    for (const [ref, runIds] of cases) assert.deepEqual(meaningOf(ref, known).runIds, runIds, ref);
    assert.equal(meaningOf("grid", known).sweepId, "ee00");
    assert.equal(meaningOf("paper", known).sweepId, null);
    assert.deepEqual(runsMeant(["old", "grid", "latest"], known), ["aaaa1111", "dddd4444"]);
  });

  it("to one run lists the candidates where there are several", () => {
    assert.equal(runMeant("old", known), "aaaa1111");
    const cases: readonly [ref: string, message: RegExp][] = [
      ["paper", /^run "paper": expected one run, got 2 runs with that tag: dddd4444 "night", cccc3333 "b"$/],
      [
        "experiments/a.yaml",
        /expected one run, got 2 runs made from that file: aabb2222 "base", aaaa1111 "base"$/,
      ],
      ["grid", /expected one run, got 2 runs of that sweep: dddd4444 "night", aaaa1111 "base"$/],
      ["aa", /^run "aa": expected one run, got 2: aabb2222 "base", aaaa1111 "base"$/],
      ["empty", /^sweep "empty": expected a sweep with runs, has none yet$/],
    ];
    for (const [ref, message] of cases)
      assert.throws(() => runMeant(ref, known), { name: "UserError", message }, ref);
  });

  it("to nothing names what is near", () => {
    const cases: readonly [ref: string, hint: RegExp][] = [
      ["nigt", /did you mean dddd4444 "night"/],
      ["papre", /did you mean the tag "paper"\?/],
      ["gird", /did you mean the sweep ee00 "grid"\?/],
      ["zzzzzzzzzzzz", /or sweep \(`hueristic list` shows: dddd4444 "night", /],
      ["", /no such id/],
    ];
    for (const [ref, message] of cases)
      assert.throws(() => meaningOf(ref, known), { name: "UserError", message }, ref);
    const none = { ...known, runs: () => [], sweeps: () => [] };
    assert.throws(() => meaningOf("latest", none), { message: /^no runs here yet; start one/ });
    assert.throws(() => meaningOf("x", { ...none, where: "in the trash" }), {
      message: "the trash is empty",
    });
  });

  it("to a sweep is its id, the beginning of it, its name, or latest", () => {
    for (const ref of ["latest", "ee00", "ee", "grid"])
      assert.equal(findSweep(ref, known.sweeps()).id, "ee00", ref);
    const named = { id: "bb00", name: "ee" };
    assert.equal(findSweep("ee", [...known.sweeps(), named]), named, "a name goes before a beginning");
    assert.throws(() => findSweep("nothing", known.sweeps()), {
      message: /^sweep "nothing": no such sweep; expected one of: ee00 \(grid\), /,
    });
  });
});
