// Databases on disks that hosts share: none is mounted here, so that the kind of disk is told to the functions that ask.

import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { networkDiskOf, networkTypeOf } from "../../src/store/network-disk.ts";
import { databasePath, openForReading, openForWriting } from "../../src/store/open-database.ts";
import { temporaryFolder } from "./fixtures.ts";

test("types of file systems: those that hosts share are known, this disk's is not one", (t) => {
  assert.equal(networkTypeOf(0x6969), "NFS");
  assert.equal(networkTypeOf(0xfe534d42 | 0), "SMB", "also where the number came as a negative one");
  assert.equal(networkTypeOf(0x65735546), "FUSE");
  assert.equal(networkTypeOf(0xef53), null, "ext4");
  assert.equal(networkDiskOf(`${temporaryFolder(t)}/nobody`), null);
});

test("a network disk has a rollback journal with whole syncs; a database in WAL mode is changed, one that is open refused", (t) => {
  const folder = temporaryFolder(t);
  const nfs = () => "NFS";
  const local = openForWriting(folder, () => null);
  assert.equal(local.pragma("journal_mode", { simple: true }), "wal");
  assert.ok(existsSync(`${databasePath(folder)}-wal`));
  for (const open of [openForWriting, openForReading])
    assert.throws(() => open(folder, nfs), /runs\.db: is open on another machine.* NFS does not carry/);
  local.close();

  const shared = openForWriting(folder, nfs);
  const settings = (name: string) => shared.pragma(name, { simple: true });
  assert.deepEqual(
    [settings("journal_mode"), settings("synchronous"), settings("foreign_keys")],
    ["delete", 2, 1],
  );
  shared.exec("INSERT INTO purged_runs VALUES ('abc')");
  assert.ok(!existsSync(`${databasePath(folder)}-wal`));
  const reading = openForReading(folder, nfs);
  assert.equal(reading.prepare("SELECT count(*) FROM purged_runs").pluck().get(), 1);
  reading.close();
  shared.close();
  writeFileSync(`${databasePath(folder)}-wal`, "");
  assert.throws(() => openForReading(folder, nfs), /use it on that machine/);
});
