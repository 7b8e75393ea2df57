/**
 * T5's bucket of the distance key − query (Raffel et al. 2020, 2.1). Where attention is `bidirectional`, keys behind the query have the
 * second half of the buckets to themselves; else they share that of distance 0. Half of the buckets of a direction stand for one distance
 * each, the others for ranges that grow by a factor, up to `furthest`. Halves are rounded down. Computed in float32, as PyTorch does.
 */
export function bucketOf(distance: number, buckets: number, furthest: number, bidirectional: boolean): number {
  const ofDirection = bidirectional ? Math.floor(buckets / 2) : buckets
  const first = bidirectional && distance > 0 ? ofDirection : 0
  const far = bidirectional ? Math.abs(distance) : Math.max(0, -distance)
  const single = Math.floor(ofDirection / 2)
  if (far < single) return first + far
  const { fround, log } = Math
  const share = fround(fround(log(fround(far / single))) / fround(log(furthest / single)))
  const range = Math.floor(fround(share * (ofDirection - single)))
  return first + Math.min(single + range, ofDirection - 1)
}
