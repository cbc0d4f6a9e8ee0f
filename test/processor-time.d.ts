/** Seconds of this process so far, with those of its children that have ended. */
export function processorSeconds(): number;
