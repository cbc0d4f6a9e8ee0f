// How a page shows fewer pictures, so that it fits.

/** 1 keeps every epoch, 2 every second one, …; the first and the last always stay. */
export type Thinning = { readonly everyEpoch: number; readonly mostImages: number };

export const noThinning: Thinning = { everyEpoch: 1, mostImages: Number.POSITIVE_INFINITY };
