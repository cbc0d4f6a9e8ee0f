import assert from "node:assert/strict";
import { test } from "node:test";
import { csvLine, plainCsvLine } from "../../src/query/csv-line.ts";

test("no text is a formula for a spreadsheet, and numbers stay numbers", () => {
  for (const text of ["=1+1", "+1+1", "-1+1", "-1a", "@SUM(A1)", "\tx", " =1", "\u00a0=1", "＝1", "－1"])
    assert.equal(csvLine([text]), `'${text}\r\n`, text);
  for (const text of ["-0.50", "-9007199254740993", "+1", "-.5e-3", "-Infinity"])
    assert.equal(csvLine([text]), `${text}\r\n`, text);
  assert.equal(csvLine(["\r=1"]), `"'\r=1"\r\n`);
  assert.equal(csvLine([["-1", "=2"]]), "'-1 =2\r\n");
  assert.equal(
    csvLine([-1.5, +0.5, 1e-9, true, null, "a-b", "a=b", "2"]),
    "-1.5,0.5,1e-9,true,,a-b,a=b,2\r\n",
  );
});

test("programs get every text as it is", () => {
  assert.equal(plainCsvLine(["=x", "@x", -1.5, null, "a,b"]), '=x,@x,-1.5,,"a,b"\r\n');
});

test("cells with commas, quotes and line ends are quoted", () => {
  assert.equal(csvLine(["a,b", 'say "x"', "1\n2", ["x", "y"]]), '"a,b","say ""x""","1\n2",x y\r\n');
});
