import assert from "node:assert/strict";
import { test } from "node:test";
import { nearMiss } from "../src/near-miss.ts";

test("blanks, dashes and a few slips are meant; a name of thousands of blanks is not", () => {
  assert.equal(nearMiss("Smiling", ["Young", "smilling"]), "smilling");
  assert.equal(nearMiss("learning rate", ["learning_rate"]), "learning_rate");
  assert.equal(nearMiss("Smiling", ["Young"]), null);
  assert.equal(nearMiss("Smiling", [`Smili${"- ".repeat(4000)}g`]), null);
});
