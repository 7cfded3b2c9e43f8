/** Resampling fewer subjects than this gives no interval worth printing: a handful of draws repeat themselves. */
export const FEWEST_SUBJECTS = 5;
