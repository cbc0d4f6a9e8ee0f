// The formats of src/runs/format under one roof, until the sections name them themselves.

export { formatCount, formatNumber } from "../runs/format/numbers.ts";
export { formatDuration, formatTime } from "../runs/format/times.ts";
export { plural, shellWord as shellQuote, shorten } from "../runs/format/words.ts";
