/** "unseen/loss" -> "unseen loss". */
export function seriesLabel(name: string): string {
  return name.replaceAll(/[/_]/g, " ");
}
