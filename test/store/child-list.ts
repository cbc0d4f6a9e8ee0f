// Lists the runs of the store in argv[2] through a connection that only reads.

import { openStore } from "../../src/store/open-store.ts";

const store = openStore(process.argv[2]!, { readonly: true });
for (const { id, lastStep } of store.summaries()) console.log(`${id} ${lastStep}`);
store.close();
