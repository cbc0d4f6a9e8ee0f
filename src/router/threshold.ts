// From which certainty on the classifier is believed, and below which discriminators decide: set on images that none of the
// networks was trained on, so that as few of them as possible go to the network of another class than theirs. Where
// discriminators tell nothing it comes out low, and high where they know better.

export type Tried = {
  /** Share of the most likely class (class-shares.ts). */
  readonly share: number;
  /** Whether each rule would choose the network of the image's class. */
  readonly isRightByClassifier: boolean;
  readonly isRightByDiscriminators: boolean;
};

export type Threshold = {
  /** The classifier is sure where the most likely class has at least this share. */
  readonly share: number;
  /** How many of the images are at or above it, and how many of those the classifier tells right; and of the others. */
  readonly sure: number;
  readonly rightOfSure: number;
  readonly unsure: number;
  readonly rightOfUnsure: number;
};

/**
 * The lowest share of an image with which most are right. All images reach the lowest: a picture about which the classifier is
 * less sure than about any of them is unlike them, and counts as unsure. Throws for no image.
 */
export function chooseThreshold(tried: readonly Tried[]): Threshold {
  const sorted = tried.toSorted((a, b) => a.share - b.share);
  if (sorted.length === 0) throw new Error("no image to set a threshold with");
  let rightOfSure = countOf(sorted, "isRightByClassifier");
  let rightOfUnsure = 0;
  let most = -1;
  let share = 0;
  for (const [place, each] of sorted.entries()) {
    // All of one share are sure, or none.
    const isFirst = each.share !== sorted[place - 1]?.share;
    if (isFirst && rightOfSure + rightOfUnsure > most) {
      most = rightOfSure + rightOfUnsure;
      share = each.share;
    }
    if (each.isRightByClassifier) rightOfSure--;
    if (each.isRightByDiscriminators) rightOfUnsure++;
  }
  return thresholdAt(share, tried);
}

/** A threshold that a person set. */
export function thresholdAt(share: number, tried: readonly Tried[]): Threshold {
  const [sure, unsure] = [
    tried.filter((each) => each.share >= share),
    tried.filter((each) => each.share < share),
  ];
  return {
    share,
    sure: sure.length,
    rightOfSure: countOf(sure, "isRightByClassifier"),
    unsure: unsure.length,
    rightOfUnsure: countOf(unsure, "isRightByDiscriminators"),
  };
}

function countOf(tried: readonly Tried[], key: "isRightByClassifier" | "isRightByDiscriminators"): number {
  return tried.filter((each) => each[key]).length;
}
