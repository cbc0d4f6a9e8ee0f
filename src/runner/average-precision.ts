/**
 * The mean over labels of average precision: for every image that has the label, the share of such images among those
 * that score at least as high, averaged (as scikit-learn's average_precision_score, equal scores counting together).
 * `scores` and `truths` are [images, labels]; labels that no image has are left out; NaN where none has any, and where
 * a score is NaN.
 */
export function meanAveragePrecision(scores: Float32Array, truths: Float32Array, labels: number): number {
  if (scores.some(Number.isNaN)) return Number.NaN;
  const images = scores.length / labels;
  let sum = 0;
  let counted = 0;
  for (let label = 0; label < labels; label++) {
    const at = (image: number) => image * labels + label;
    const order = Array.from({ length: images }, (_, image) => image);
    order.sort((a, b) => scores[at(b)]! - scores[at(a)]!);
    let found = 0;
    let precisions = 0;
    for (let first = 0; first < images; ) {
      let end = first;
      let here = 0;
      while (end < images && scores[at(order[end]!)] === scores[at(order[first]!)]) {
        here += truths[at(order[end++]!)]!;
      }
      found += here;
      precisions += here * (found / end);
      first = end;
    }
    if (found === 0) continue;
    sum += precisions / found;
    counted++;
  }
  return counted === 0 ? Number.NaN : sum / counted;
}
