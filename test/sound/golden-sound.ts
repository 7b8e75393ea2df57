import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of sound files and of what other implementations make of them. */
export const goldenSound = join(import.meta.dirname, '../golden/sound')

export const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(goldenSound, name)))

/** The float32 numbers of a golden file. */
export const floatsOf = (name: string): Float32Array => new Float32Array(bytesOf(name).buffer)

/** All pieces of a stream of samples as one array. */
export async function gathered(pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>): Promise<Float32Array> {
  const all: Float32Array[] = []
  for await (const piece of pieces) all.push(piece)
  return joined(all)
}

export function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** The largest difference of two arrays of one length. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers, and ${b.length}`)
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return most
}
