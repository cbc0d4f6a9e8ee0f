// The migration that says which images are measured, beside the data set that they are of.

export const imagesMeasured = `
-- Names the unseen images: equal where data sets differ only in what is trained on. NULL where an older version stored it.
ALTER TABLE datasets ADD COLUMN unseen_fingerprint TEXT CHECK (unseen_fingerprint <> '');

-- Whether the seen images of the data set are measured as well, as of a folder that has no sides.
ALTER TABLE evaluation_sets ADD COLUMN both_sides INTEGER NOT NULL DEFAULT 0 CHECK (both_sides IN (0, 1));
UPDATE evaluation_sets SET both_sides = 1 WHERE EXISTS (
  SELECT 1 FROM series JOIN image_values ON image_values.series_id = series.id
  WHERE series.run_id = evaluation_sets.run_id AND series."set" = evaluation_sets."set"
    AND idx < (SELECT seen_count FROM datasets WHERE datasets.fingerprint = evaluation_sets.fingerprint)
);
`;
