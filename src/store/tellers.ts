// The migration that gives runs the network that told them what their pictures show. Before, only the message of an event
// said it.

import type { Database } from "better-sqlite3";

export function nameTellers(database: Database): void {
  database.exec(`
    ALTER TABLE runs ADD COLUMN teller TEXT;
    ALTER TABLE runs ADD COLUMN teller_fingerprint TEXT CHECK ((teller IS NULL) = (teller_fingerprint IS NULL));
  `);
  const events = database.prepare<[], { runId: string; message: string }>(
    "SELECT run_id AS runId, message FROM events WHERE kind = 'classifier' ORDER BY events.rowid",
  );
  const save = database.prepare("UPDATE runs SET teller = ?, teller_fingerprint = ? WHERE id = ?");
  for (const { runId, message } of events.all()) {
    const [, teller, fingerprint] = /^(.*) \(([0-9a-f]{64})\)$/s.exec(message) ?? [];
    if (teller !== undefined) save.run(teller, fingerprint, runId);
  }
}
