// Whether a folder lies on a file system that several hosts share: WAL needs memory that all who open a database share, which
// hosts do not, so that a database there has a rollback journal.

import { statfsSync } from "node:fs";

/** Numbers of statfs(2), as `man statfs` and the kernel's magic.h have them. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "SMB"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0x00c36400, "Ceph"],
  [0x65735546, "FUSE"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x01021997, "9P"],
  [0x20030528, "OrangeFS"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0xaad7aaea, "PanFS"],
]);

/** The name of a file system type that hosts share; null for one of this machine alone, and where that cannot be told. */
export function networkTypeOf(statfsType: number): string | null {
  return networkTypes.get(statfsType >>> 0) ?? null;
}

/** As `networkTypeOf`, of the file system of a folder that is there. */
export function networkDiskOf(folder: string): string | null {
  if (process.platform !== "linux") return null;
  try {
    return networkTypeOf(statfsSync(folder).type);
  } catch {
    return null;
  }
}
