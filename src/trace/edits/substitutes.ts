/**
 * The values that stand in for a tensor's own: zeros; the mean of its rows; or Gaussian noise with the mean and the
 * standard deviation of all its values.
 */
export const substitutes = ['zero', 'mean', 'noise'] as const
export type Substitute = (typeof substitutes)[number]
