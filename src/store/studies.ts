// Studies in which people judge pictures: what was asked, which pairs they were shown, and their answers. The key to a
// study stands here and nowhere else: its page says of no pair which picture is whose.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import type {
  ImageMetric,
  Judge,
  JudgedNetwork,
  Judgement,
  NewStudy,
  SavedJudge,
  Study,
  StudyNetwork,
  StudyPair,
  StudySummary,
} from "./study-rows.ts";

export type StudyReader = {
  /** Newest first. */
  listStudies(): StudySummary[];
  study(id: string): Study | undefined;
  /** Ids of the studies that a run takes part in, oldest first. */
  studiesOf(runId: string): string[];
  /** In the order in which their answers came. */
  judges(studyId: string): Judge[];
  /** Of the images of a study, by one of its networks, where it was measured; only finite values that have a direction. */
  studyMetrics(network: StudyNetwork, fingerprint: string): ImageMetric[];
};

export type StudyWriter = {
  saveStudy(study: NewStudy): void;
  /**
   * A judge's answers to all pairs that are there still, or none. Throws UserError where the judge has answered otherwise
   * before, and where the study is unknown.
   */
  saveJudge(studyId: string, judge: Judge): SavedJudge;
};

export function createStudyReader(database: Database): StudyReader {
  const selectStudy = database.prepare<[string], Omit<Study, "networks" | "pairs">>(
    `SELECT id, question, "set", fingerprint, seed, shown_ms AS shownMs, created_at AS createdAt,
       pairs_made AS pairsMade
     FROM studies WHERE id = ?`,
  );
  const selectNetworks = database.prepare<[string], JudgedNetwork>(
    `SELECT number, run_id AS runId, step, name AS runName, step * 1.0 / steps_per_epoch AS epoch
     FROM study_networks JOIN runs ON runs.id = run_id WHERE study_id = ? ORDER BY number`,
  );
  const selectPairs = database.prepare<[string], StudyPair>(
    `SELECT id, idx AS "index", network, against, place FROM study_pairs WHERE study_id = ? ORDER BY id`,
  );
  const selectIds = database
    .prepare<[string], string>(
      `SELECT DISTINCT study_id FROM study_networks JOIN studies ON studies.id = study_id
       WHERE run_id = ? ORDER BY created_at, study_id`,
    )
    .pluck();
  const selectMetrics = database.prepare<[string, string, number], ImageMetric>(
    `SELECT DISTINCT series.name AS metric, title, better, compares, idx AS "index", value
     FROM series JOIN runs ON runs.id = series.run_id JOIN series_kinds ON series_kinds.id = kind_id
     LEFT JOIN evaluation_sets ON evaluation_sets.run_id = runs.id AND evaluation_sets."set" = series."set"
     JOIN image_values ON series_id = series.id
     WHERE runs.id = ? AND coalesce(evaluation_sets.fingerprint, dataset_fingerprint) = ? AND image_values.step = ?
       AND better IN ('higher', 'lower') AND value IS NOT NULL AND abs(value) < 9e999`,
  );
  const selectSummaries = database.prepare<[], StudySummary>(
    `SELECT id, question, "set", created_at AS createdAt,
       (SELECT count(*) FROM study_pairs WHERE study_id = studies.id AND network IS NOT NULL) AS tests,
       (SELECT count(*) FROM study_pairs WHERE study_id = studies.id) AS pairs,
       (SELECT count(*) FROM judges WHERE study_id = studies.id) AS judges
     FROM studies ORDER BY created_at DESC, id`,
  );
  return {
    listStudies: () => selectSummaries.all(),
    study(id) {
      const head = selectStudy.get(id);
      return head && { ...head, networks: selectNetworks.all(id), pairs: selectPairs.all(id) };
    },
    studiesOf: (runId) => selectIds.all(runId),
    judges: createJudgeReader(database),
    studyMetrics: ({ runId, step }, fingerprint) => selectMetrics.all(runId, fingerprint, step),
  };
}

function createJudgeReader(database: Database): StudyReader["judges"] {
  const selectJudges = database.prepare<[string], Omit<Judge, "judgements">>(
    "SELECT id, name FROM judges WHERE study_id = ? ORDER BY collected_at, id",
  );
  const selectJudgements = database.prepare<[string, string], Judgement>(
    `SELECT pair_id AS pair, picture, ms FROM judgements WHERE study_id = ? AND judge_id = ? ORDER BY pair_id`,
  );
  return (studyId) =>
    selectJudges
      .all(studyId)
      .map((judge) => ({ ...judge, judgements: selectJudgements.all(studyId, judge.id) }));
}

export function createStudyWriter(database: Database, now: () => number): StudyWriter {
  const insertStudy = database.prepare(
    `INSERT INTO studies (id, question, "set", fingerprint, seed, shown_ms, created_at, pairs_made)
     VALUES (:id, :question, :set, :fingerprint, :seed, :shownMs, :createdAt, :pairsMade)`,
  );
  const insertNetwork = database.prepare("INSERT INTO study_networks VALUES (?, ?, ?, ?)");
  const insertPair = database.prepare(
    "INSERT INTO study_pairs VALUES (:study, :id, :index, :network, :against, :place)",
  );
  const selectStudy = database.prepare<[string]>("SELECT 1 FROM studies WHERE id = ?");
  const selectPairs = database
    .prepare<[string], string>("SELECT id FROM study_pairs WHERE study_id = ?")
    .pluck();
  const insertJudge = database.prepare("INSERT INTO judges VALUES (?, ?, ?, ?)");
  const insertJudgement = database.prepare("INSERT INTO judgements VALUES (?, ?, ?, ?, ?)");
  const judgesOf = createJudgeReader(database);

  const saveStudy = database.transaction(({ networks, pairs, ...head }: NewStudy) => {
    insertStudy.run({ ...head, createdAt: Math.round(now()), pairsMade: pairs.length });
    for (const [number, { runId, step }] of networks.entries())
      insertNetwork.run(head.id, number, runId, step);
    for (const pair of pairs) insertPair.run({ study: head.id, ...pair });
  });
  const saveJudge = database.transaction(
    (study: string, { id, name, judgements: given }: Judge): SavedJudge => {
      if (selectStudy.get(study) === undefined) throw new UserError(`study ${study}: is not in this store`);
      const pairs = new Set(selectPairs.all(study));
      const judgements = given.filter(({ pair }) => pairs.has(pair));
      const leftOut = given.length - judgements.length;
      const known = judgesOf(study).find((judge) => judge.id === id);
      if (known !== undefined) {
        if (sameAnswers(known.judgements, judgements)) return { isNew: false, leftOut };
        throw new UserError(`study ${study}: judge ${id} has answered otherwise before`);
      }
      insertJudge.run(study, id, name, Math.round(now()));
      for (const { pair, picture, ms } of judgements) insertJudgement.run(study, id, pair, picture, ms);
      return { isNew: true, leftOut };
    },
  );
  return {
    saveStudy: (study) => saveStudy.immediate(study),
    saveJudge: (study, judge) => saveJudge.immediate(study, judge),
  };
}

function sameAnswers(known: readonly Judgement[], given: readonly Judgement[]): boolean {
  const answers = new Map(given.map(({ pair, picture, ms }) => [pair, `${picture} ${ms}`]));
  return (
    known.length === given.length &&
    known.every(({ pair, picture, ms }) => answers.get(pair) === `${picture} ${ms}`)
  );
}
