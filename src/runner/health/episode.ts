/**
 * Tells when something begins that is to be said once: true at the call at which `begins` was true for so many `times` in a
 * row; then not again before `lasts` was false in between.
 */
export function createEpisode(times: number): (begins: boolean, lasts: boolean) => boolean {
  let inARow = 0;
  let isInside = false;
  return (begins, lasts) => {
    if (isInside) {
      isInside = lasts;
      inARow = 0;
      return false;
    }
    inARow = begins ? inARow + 1 : 0;
    isInside = inARow >= times;
    return isInside;
  };
}
