/* Share of each color in the output, as a percentage of its share in the real images: mean over seeds. */
WITH shares AS (
  SELECT concat_ws(' ', runs.experiment ->> '$.model.kind', runs.experiment ->> '$.model.color') AS network,
         title AS color, made.epoch, 100 * made.value / real.value AS share, real.value AS real
  FROM series_meanings JOIN scalar_values AS made USING (run, series)
    JOIN scalar_values AS real ON real.run = made.run AND real.step = made.step AND real.series = made.series || '/real'
    JOIN runs ON runs.id = made.run JOIN trials ON trials.run_id = made.run JOIN sweeps ON sweeps.id = trials.sweep_id
  WHERE family = 'emergence' AND unit = 'share' AND real.value >= 0.005 AND sweeps.name = 'models'
)
SELECT network, color, printf('%.1f %%', 100 * avg(real)) AS "of real pixels",
       CAST(round(avg(share) FILTER (WHERE epoch = 1)) AS INTEGER) AS "epoch 1",
       CAST(round(avg(share) FILTER (WHERE epoch = 5)) AS INTEGER) AS "5",
       CAST(round(avg(share) FILTER (WHERE epoch = 10)) AS INTEGER) AS "10",
       CAST(round(avg(share) FILTER (WHERE epoch = 20)) AS INTEGER) AS "20",
       CAST(round(avg(share) FILTER (WHERE epoch = 30)) AS INTEGER) AS "30"
FROM shares GROUP BY network, color ORDER BY network, avg(real) DESC
