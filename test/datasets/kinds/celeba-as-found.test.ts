// CelebA's lists as people have them: from Kaggle, from pandas, from spreadsheets.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { celeba } from "../../../src/datasets/kinds/celeba.ts";
import { celebaConfig, temporaryFolder, write } from "../pictures.ts";

const rows = ["1.jpg,0", "2.jpg,0", "3.jpg,1", "4.jpg,2"];
const faces = ["1.jpg", "2.jpg", "3.jpg", "4.jpg"];

function writeFaces(root: string, partition: string, file = "list_eval_partition.csv", names = faces): void {
  write(join(root, file), partition);
  for (const name of names) write(join(root, "img_align_celeba", name), "");
}

async function listed(root: string, change: Parameters<typeof celebaConfig>[1] = {}) {
  const { items, notes } = await celeba.list(celebaConfig(root, { unseen_split: "test", ...change }));
  const of = (wanted: string) =>
    items.filter(({ side }) => side === wanted).map(({ id }) => id.split("/").at(-1));
  return { seen: of("seen"), unseen: of("unseen"), notes };
}

test("every form of one partition is read alike", async (t) => {
  const header = "image_id,partition";
  const quoted = rows.map((row) => row.replace(/(.*),(.)/, '"$1","$2"'));
  for (const [form, text] of Object.entries({
    kaggle: [header, ...rows].join("\n"),
    quoted: ['"image_id","partition"', ...quoted].join("\r\n"),
    "names quoted": [header, ...rows.map((row) => row.replace(/(.*),/, '"$1",'))].join("\n"),
    floats: [header, ...rows.map((row) => `${row}.0`)].join("\n"),
    semicolons: [header, ...rows].join("\n").replaceAll(",", ";"),
    "index column": [`,${header}`, ...rows.map((row, index) => `${index},${row}`)].join("\n"),
    "other header": ["filename,split", ...rows].join("\n"),
    "columns swapped": ["partition,image_id", ...rows.map((row) => row.replace(/(.*),(.*)/, "$2,$1"))].join(
      "\n",
    ),
    "extra column": [`${header},identity`, ...rows.map((row) => `${row},7`)].join("\n"),
    "trailing comma": [header, ...rows.map((row) => `${row},`), ",,"].join("\n"),
    "no header": rows.join("\n"),
    "old Mac": [header, ...rows].join("\r"),
    "mark and CRLF": `\uFEFF${[header, ...rows].join("\r\n")}\r\n`,
    "listed twice alike": [header, ...rows, ...rows].join("\n"),
  })) {
    const root = temporaryFolder(t);
    writeFaces(root, text);
    assert.deepEqual(await listed(root), { seen: ["1.jpg", "2.jpg"], unseen: ["4.jpg"], notes: [] }, form);
  }
  for (const text of [
    rows.join("\n"),
    rows.join("\n").replaceAll(",", "\t"),
    quoted.join("\n").replaceAll(",", " "),
  ]) {
    const root = temporaryFolder(t);
    writeFaces(root, text, "list_eval_partition.txt");
    assert.deepEqual((await listed(root)).seen, ["1.jpg", "2.jpg"], text);
  }
});

test("a blank is no split: its image is on no side, and said", async (t) => {
  for (const blank of ["", '""', "nan", "NaN", "None"]) {
    const root = temporaryFolder(t);
    writeFaces(
      root,
      ["image_id,partition", `1.jpg,${blank}`, "2.jpg,0.0", "3.jpg,1.0", "4.jpg,2.0"].join("\n"),
    );
    assert.deepEqual(await listed(root), {
      seen: ["2.jpg"],
      unseen: ["4.jpg"],
      notes: ["1 row of the partition file without a split, left out"],
    });
  }
});

test("what cannot be meant is named with file, line and cause", async (t) => {
  for (const [line, message] of [
    ["1.jpg,2", '6: expected one split for each file, got "1.jpg" as test, and as train in line 2'],
    ["5.jpg,7", '6: expected a file name and 0, 1 or 2, got "5.jpg 7"'],
    ["5.jpg,0,1", '6: expected a file name and 0, 1 or 2, got "5.jpg 0 1"'],
    ['"5.jpg,0', "6: expected a file name and 0, 1 or 2, got a quote that is not closed"],
    [",1", '6: expected a file name and 0, 1 or 2, got " 1"'],
  ] as const) {
    const root = temporaryFolder(t);
    writeFaces(root, ["image_id,partition", ...rows, line].join("\n"));
    const path = join(root, "list_eval_partition.csv");
    await assert.rejects(listed(root), { name: "UserError", message: `${path}:${message}` });
  }
  const root = temporaryFolder(t);
  writeFaces(root, ["a,b,c", ...rows.map((row) => `${row},1`)].join("\n"));
  await assert.rejects(listed(root), /:1: expected columns named image_id and partition, got "a,b,c"$/);
  writeFaces(root, ["image_id,partition", ...rows, "./1.jpg,2"].join("\n"));
  await assert.rejects(
    listed(root),
    /expected one split for each file, got "1.jpg" as train and "\.\/1.jpg" as test$/,
  );
});

test("files that were converted, or are listed with their folder, are those of the lists", async (t) => {
  for (const [names, prefix, way] of [
    [faces.map((name) => name.replace("jpg", "png")), "", 'extension: "1.jpg" is "1.png"'],
    [faces, "img_align_celeba/", 'folder: "img_align_celeba/1.jpg" is "1.jpg"'],
  ] as const) {
    const root = temporaryFolder(t);
    writeFaces(root, rows.map((row) => prefix + row).join("\n"), undefined, [...names]);
    write(
      join(root, "list_attr_celeba.csv"),
      `image_id,Male\n${faces.map((name) => `${prefix}${name},1`).join("\n")}`,
    );
    const { seen, notes } = await listed(root, { attributes: { Male: true } });
    assert.deepEqual(seen, names.slice(0, 2));
    assert.deepEqual(
      notes,
      ["partition", "attributes"].map(
        (list) => `4 names of the ${list} file matched despite another ${way} on disk`,
      ),
    );
  }
});

test("attributes in every form, and rows that lack values or differ", async (t) => {
  for (const text of [
    '"image_id","Male","Young"\n"1.jpg","-1","1"\n"2.jpg","1","-1"',
    ",image_id,Male,Young\n0,1.jpg,-1.0,1.0\n1,2.jpg,1.0,-1.0",
    "image_id;Male;Young\n1.jpg;-1;1\n2.jpg;1;0",
    "image_id,Male,Young,\r1.jpg,-1,1,\r2.jpg,1,-1,",
    "2\nMale Young\n1.jpg -1  1\n2.jpg  1 -1",
  ]) {
    const root = temporaryFolder(t);
    writeFaces(root, rows.join("\n"));
    write(join(root, "list_attr_celeba.csv"), text);
    const listing = await celeba.list(celebaConfig(root), { labels: true });
    assert.deepEqual(
      [listing.labels!.names, [...listing.labels!.flags]],
      [
        ["Male", "Young"],
        [0, 1, 1, 0],
      ],
      text,
    );
  }
  const root = temporaryFolder(t);
  writeFaces(root, rows.join("\n"));
  const path = join(root, "list_attr_celeba.csv");
  write(path, "image_id,Male,Young\n1.jpg,,1\n2.jpg,1,-1\n");
  assert.deepEqual(await listed(root, { attributes: { Young: false } }), {
    seen: ["2.jpg"],
    unseen: [],
    notes: [
      "1 row of the attributes file without all values, left out",
      "3 images without a row in the attributes file, left out",
    ],
  });
  write(path, "image_id,Male\n1.jpg,1\n1.jpg,-1\n2.jpg,1\n");
  await assert.rejects(listed(root, { attributes: { Male: true } }), {
    message: `${path}:3: expected the same attributes for each file, got other ones of "1.jpg" than in line 2`,
  });
});
