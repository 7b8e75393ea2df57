/** A point of a curve: a step and its measurement. */
export interface Point {
  step: number
  value: number
}

/** At most `most` points: neighbors are averaged. */
export function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points]
  return Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * points.length) / most)
    return meanOf(points.slice(from, Math.floor(((i + 1) * points.length) / most)))
  })
}

/**
 * Each point replaced by the mean of its neighborhood, 2 % of all points; the neighborhood shrinks toward the ends, so
 * that the ends stay in place.
 */
export function smoothed(points: readonly Point[]): Point[] {
  const reach = Math.floor(points.length / 100)
  const sums = [0]
  for (const { value } of points) sums.push(sums[sums.length - 1] + value)
  return points.map(({ step }, i) => {
    const around = Math.min(reach, i, points.length - 1 - i)
    return { step, value: (sums[i + around + 1] - sums[i - around]) / (2 * around + 1) }
  })
}

function meanOf(points: readonly Point[]): Point {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  return { step: mean(({ step }) => step), value: mean(({ value }) => value) }
}
