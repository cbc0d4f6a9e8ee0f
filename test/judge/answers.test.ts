import assert from "node:assert/strict";
import { test } from "node:test";
import { answersFileName, answersText } from "../../src/judge/answers.ts";
import { readAnswers, requireAnswers } from "../../src/judge/read-answers.ts";
import { judgeOf, studyOf } from "./study.ts";

const study = studyOf("real", [
  { network: 0, against: null, place: 0 },
  { network: null, against: null, place: 1 },
]);
const answers = { study: "study1", ...judgeOf("judge1", [1, 0]), name: 'Ada "<b>' };

test("what a page writes is read as it was", () => {
  assert.deepEqual(readAnswers(answersText(answers), "a.json"), answers);
  requireAnswers(study, answers, "a.json");
  assert.equal(answersFileName(answers), "answers-study1-judge1.json");
});

test("anything else is refused in one line", () => {
  const text = answersText(answers);
  const cases: [string, RegExp][] = [
    ["", /^UserError: a\.json: expected the answers that a page of hueristic judge writes, got no JSON$/],
    ["{}", /^UserError: a\.json: expected the answers .* \(hueristic_answers: .*\)$/],
    [text.slice(0, 90), /got no JSON$/],
    [text.replace('"picture":1', '"picture":2'), /\(answers\.0\.picture: .*\)$/],
    [text.replace('"ms":100', '"ms":-1'), /\(answers\.0\.ms: .*\)$/],
    [text.replace("judge1", "../judge"), /\(judge: .*\)$/],
    [text.replace('"name"', '"more":1,"name"'), /Unrecognized key/],
  ];
  for (const [wrong, message] of cases) assert.throws(() => readAnswers(wrong, "a.json"), message, wrong);
});

test("answers are to all pairs of their study, once", () => {
  const [first, second] = answers.judgements;
  const given = (judgements: typeof answers.judgements) => () =>
    requireAnswers(study, { ...answers, judgements }, "a.json");
  assert.throws(
    given([first!]),
    /^UserError: a\.json: expected answers to all 2 pairs of study study1, got 1$/,
  );
  assert.throws(given([first!, second!, first!]), /pair 1: expected one answer, got several$/);
  assert.throws(given([first!, { ...second!, pair: "9" }]), /pair 9: study study1 has no such pair$/);
});

test("where a network was purged, answers to the pairs that are left are taken, whichever went, and to no others", () => {
  const [first, second] = study.pairs;
  const given = (...pairs: string[]) => ({
    ...answers,
    judgements: pairs.map((pair) => ({ ...answers.judgements[0]!, pair })),
  });
  for (const [left, right] of [
    ["1", "2"],
    ["1", "4"],
    ["3", "4"],
  ] as const) {
    const shortened = {
      ...study,
      pairsMade: 4,
      pairs: [
        { ...first!, id: left },
        { ...second!, id: right },
      ],
    };
    requireAnswers(shortened, given("1", "2", "3", "4"), "a.json");
    assert.throws(
      () => requireAnswers(shortened, given(left), "a.json"),
      /expected answers to all 2 pairs .*, got 1$/,
    );
    for (const odd of ["x", "0", "01", "5", "777"])
      assert.throws(
        () => requireAnswers(shortened, given(left, right, odd), "a.json"),
        new RegExp(`pair ${odd}: study study1 has no such pair$`),
      );
  }
});
