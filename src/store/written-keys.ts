// The migration that stores the keys of experiments and sweeps as users write them, and spells color one way.

import type { Database } from "better-sqlite3";
import { experimentUpgrades, upgradeExperiment } from "../experiment/upgrade.ts";

export function writtenKeys(database: Database): void {
  database.exec("ALTER TABLE runs ADD COLUMN experiment_version INTEGER NOT NULL DEFAULT 0");
  database.exec("UPDATE series SET name = replace(name, '/colour/', '/color/')");
  const runs = database.prepare<[], { id: string; experiment: string }>("SELECT id, experiment FROM runs");
  const save = database.prepare("UPDATE runs SET experiment = ?, experiment_version = ? WHERE id = ?");
  for (const { id, experiment } of runs.all())
    save.run(JSON.stringify(upgradeExperiment(JSON.parse(experiment), 0)), experimentUpgrades.length, id);
  const american = (text: string) => text.replaceAll(/\bcolour(?=\\?"?\s*[:=",])/g, "color");
  database.function("american", { deterministic: true }, (text) => american(text as string));
  database.exec("UPDATE sweeps SET definition = american(definition)");
  database.exec("UPDATE trials SET parameters = american(parameters)");
}
