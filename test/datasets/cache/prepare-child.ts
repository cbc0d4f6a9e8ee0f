// A process of its own for 6-processes.test.ts: prepares the folder named first into the cache named second.

import { prepareDataset } from "../../../src/datasets/prepare/prepare.ts";
import { folderConfig } from "../pictures.ts";

const [root, cacheFolder] = process.argv.slice(2);
const prepared = await prepareDataset(folderConfig(root!), {
  size: 32,
  cacheFolder: cacheFolder!,
  onProgress: (done) => {
    if (done === 10) console.log("started");
  },
});
console.log(JSON.stringify({ fromCache: prepared.fromCache, fingerprint: prepared.fingerprint }));
prepared.close();
