// Opens the store in argv[2] for writing and says why it cannot.

import { openStore } from "../../src/store/open-store.ts";

try {
  openStore(process.argv[2]!).close();
} catch (thrown) {
  console.log(`write: ${(thrown as Error).message}`);
}
