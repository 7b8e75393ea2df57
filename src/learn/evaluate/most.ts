/** The largest order, weight and smoothing: a larger number is probably a typing mistake. */
export const MOST = 100
