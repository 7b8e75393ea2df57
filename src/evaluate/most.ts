/** Largest order, weight and smoothing: beyond it a typing mistake is likelier than a purpose. */
export const MOST = 100
