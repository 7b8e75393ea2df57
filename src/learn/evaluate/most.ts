/** Upper bound of orders, weights and smoothing values: a larger number is probably a typing mistake. */
export const MOST = 100
