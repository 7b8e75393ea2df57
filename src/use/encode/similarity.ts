import { GlassformerError } from '../../base/errors.ts'
import type { SentenceSettings } from '../../files/folders/encoders/sentence-modules.ts'

/** How alike two vectors are, by the measure that a folder names; for distances the negative. @throws GlassformerError ERR_SHAPE */
export function similarityOf(kind: SentenceSettings['similarity'], a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new GlassformerError(
      'ERR_SHAPE',
      `vectors of ${a.length} and ${b.length} numbers cannot be compared: take the same dimensions`,
    )
  let [dot, squaresA, squaresB, squares, sum] = [0, 0, 0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i]
    squaresA += a[i] * a[i]
    squaresB += b[i] * b[i]
    squares += (a[i] - b[i]) ** 2
    sum += Math.abs(a[i] - b[i])
  }
  if (kind === 'dot') return dot
  if (kind === 'euclidean') return -Math.sqrt(squares)
  if (kind === 'manhattan') return -sum
  return dot / Math.max(Math.sqrt(squaresA * squaresB), 1e-24)
}

/** The gradient of the same by a. */
export function similarityGradient(
  kind: SentenceSettings['similarity'],
  a: Float32Array,
  b: Float32Array,
): Float32Array {
  if (kind === 'dot') return b.slice()
  if (kind === 'manhattan') return a.map((value, i) => Math.sign(b[i] - value))
  if (kind === 'euclidean') {
    const distance = Math.max(-similarityOf(kind, a, b), 1e-12)
    return a.map((value, i) => (b[i] - value) / distance)
  }
  const cosine = similarityOf(kind, a, b)
  const [lengthA, lengthB] = [a, b].map((vector) => Math.max(Math.hypot(...vector), 1e-12))
  return a.map((value, i) => (b[i] / lengthB - (cosine * value) / lengthA) / lengthA)
}
