// Deletes the run argv[3] of the store in argv[2].

import { openStore } from "../../src/store/open-store.ts";

const store = openStore(process.argv[2]!);
store.deleteRun(process.argv[3]!);
store.close();
