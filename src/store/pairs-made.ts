// The migration that keeps how many pairs a study was made with: those of a purged network are gone, and answers to them
// still come. Of an older study that is the least that its pairs' ids tell, all equally long numbers from 1 (judge/pair-ids.ts).

export const pairsMade = `
ALTER TABLE studies ADD COLUMN pairs_made INTEGER NOT NULL DEFAULT 0 CHECK (pairs_made >= 0);
UPDATE studies SET pairs_made = coalesce((
  SELECT max(max(CAST(id AS INTEGER), CAST('1' || substr('0000', 1, length(id) - 1) AS INTEGER)))
  FROM study_pairs WHERE study_id = studies.id), 0);
`;
