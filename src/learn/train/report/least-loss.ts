/**
 * The lowest possible loss, that of a model that is always right and as sure as label smoothing allows: the entropy of
 * the smoothed target. ε is spread over all V classes, or over all others; see `crossEntropy`.
 */
export function leastLoss(smoothing: number, over: 'all' | 'others', classes: number): number {
  const other = over === 'all' ? smoothing / classes : smoothing / (classes - 1)
  const right = 1 - other * (classes - 1)
  return part(right) + (classes - 1) * part(other)
}

const part = (share: number) => (share > 0 ? -share * Math.log(share) : 0)
