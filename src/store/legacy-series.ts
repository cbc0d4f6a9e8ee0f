// What the series of databases of the time before declarations mean, by their names. Frozen: only the migration that gives
// them declarations reads it. A name that is not here is a metric of which nobody knows what is good.

import type { Better, SeriesKind, SeriesSpec } from "../runs/series.ts";
import { seriesKind } from "../runs/series.ts";

/** What the table `metrics` said. */
export type LegacyMetric = Pick<SeriesKind, "name" | "better" | "unit" | "description" | "source">;

export type LegacyRun = {
  /** `model.kind`, `model.color` and `model.gan_loss` of its experiment. */
  readonly model: string | null;
  readonly color: string | null;
  readonly gan: string | null;
  readonly metrics: ReadonlyMap<string, LegacyMetric>;
};

type Known = Omit<Partial<SeriesKind>, "name"> & Pick<SeriesKind, "family"> & { readonly better?: Better };

const share = [0, 1] as const;
const gradients: Known = { family: "health", per: "step", chart: "Gradient norms" };
const score: Known = {
  family: "health",
  per: "step",
  chart: "Scores (0.5 is a fair game)",
  reference: 0.5,
  range: share,
};
const rate: Known = { family: "rate", per: "step", chart: "Learning rates" };

function loss(per: "step" | "epoch", chart: string | null, compares: string): Known {
  return { family: "loss", better: "lower", per, chart, compares };
}

const ofGenerator = "Losses of the generator";
const ofDiscriminator = "Losses of the discriminator";

/** By "set/name" where the set matters, by the name alone otherwise. */
function known({ model, color, gan }: LegacyRun): Readonly<Record<string, Known>> {
  const compares =
    model === "pix2pix"
      ? `pix2pix L1, ${color ?? "lab"}`
      : model === "classifier"
        ? "label cross-entropy"
        : "squared error";
  return {
    "train/loss": loss("step", "Loss", compares),
    "seen/loss": loss("epoch", "Loss", compares),
    "unseen/loss": loss("epoch", "Loss", compares),
    loss: loss("epoch", null, compares),
    "train/G_L1": loss("step", ofGenerator, compares),
    "train/G_GAN": loss("step", ofGenerator, `pix2pix GAN, ${gan}`),
    "train/G_FM": loss("step", ofGenerator, "pix2pix feature matching"),
    "train/D_real": loss("step", ofDiscriminator, `pix2pix GAN, ${gan}`),
    "train/D_fake": loss("step", ofDiscriminator, `pix2pix GAN, ${gan}`),
    "train/G_score": score,
    "train/D_score": score,
    "train/G_gradient_norm": gradients,
    "train/D_gradient_norm": gradients,
    "train/learning_rate": rate,
    "train/discriminator_learning_rate": rate,
    "train/images_per_second": { family: "time", unit: "1/s", better: "higher", per: "step" },
    "train/epoch_seconds": { family: "time", unit: "s", better: "lower", chart: "Time of an epoch, s" },
    "train/waiting_seconds": { family: "time", unit: "s", better: "lower", chart: "Time of an epoch, s" },
    "train/evaluation_seconds": { family: "time", unit: "s", better: "lower" },
    average_precision: { family: "metric", better: "higher", range: share },
    "emergence/images": { family: "emergence", title: "images" },
    "emergence/palette_used": {
      family: "emergence",
      better: "higher",
      title: "palette used",
      range: share,
    },
    "emergence/hue_entropy": { family: "emergence", title: "hue entropy", unit: "bits" },
    "emergence/hue_entropy/real": { family: "real", title: "hue entropy, real", unit: "bits" },
    "emergence/hue_distance": { family: "emergence", better: "lower", title: "hue distance", unit: "bits" },
    "color/chroma_ratio": {
      family: "color",
      better: "one",
      title: "chroma ratio",
      unit: "ratio",
      reference: 1,
    },
    "color/spread_ratio": { family: "color", title: "spread ratio", unit: "ratio" },
    "color/brown": { family: "color", title: "brown", unit: "share" },
    "color/brown/real": { family: "real", title: "brown, real", unit: "share" },
    "color/near_grey": { family: "color", title: "near grey", unit: "share" },
    "color/near_grey/real": { family: "real", title: "near grey, real", unit: "share" },
  };
}

const colors = ["skin_brown", "red", "orange", "yellow", "green", "cyan", "blue", "purple"];

/** `text` is what stood in the database, such as "unseen/psnr". */
export function legacySeries(text: string, run: LegacyRun): SeriesSpec {
  const slash = text.indexOf("/");
  const [set, name] = slash < 1 ? ["train", text] : [text.slice(0, slash), text.slice(slash + 1)];
  const metric = run.metrics.get(name);
  if (metric !== undefined) return { set, ...seriesKind({ ...metric, family: "metric" }) };
  const table = known(run);
  const color = colors.find((each) => name === `emergence/${each}` || name === `emergence/${each}/real`);
  const found: Known =
    color !== undefined
      ? {
          family: name.endsWith("/real") ? "real" : "emergence",
          title: `${color.replace("_", "/")}${name.endsWith("/real") ? ", real" : ""}`,
          unit: "share",
        }
      : (table[text] ?? table[name] ?? { family: "metric" });
  return { set, ...seriesKind({ better: "none", description: "", ...found, name }) };
}
