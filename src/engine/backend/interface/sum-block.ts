/** The number of values in a partial sum: small enough for the accuracy of float32, and independent of the number of threads. */
export const SUM_BLOCK = 16384
