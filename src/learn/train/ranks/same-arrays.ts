import { crc32 } from 'node:zlib'
import { GlassformerError } from '../../../base/errors.ts'
import type { Ranks } from './ranks.ts'

/**
 * Checks that all ranks have the same bits.
 * @throws GlassformerError ERR_TRAINING in all ranks, naming the first rank that has others, and the array
 */
export async function checkSameArrays(
  ranks: Ranks,
  arrays: Readonly<Record<string, Float32Array>>,
  when: string,
): Promise<void> {
  if (ranks.size === 1) return
  const sums = Object.entries(arrays).map(([name, values]) => ({ name, sum: checksum(values) }))
  const [first, ...others] = await ranks.all(sums)
  others.forEach((its, k) => {
    const differing = its.filter(({ sum }, i) => sum !== first[i].sum).map(({ name }) => name)
    if (differing.length)
      throw new GlassformerError(
        'ERR_TRAINING',
        `${when}: rank ${k + 1} of ${ranks.size} has other values of ${differing.join(', ')} than rank 0, which should be the same to the ` +
          'bit: its processor, its libraries or its memory must differ or be at fault; the checkpoints are whole',
      )
  })
}

/** The largest number of bytes of a typed array in one call. */
const CHUNK = 2 ** 30

function checksum(values: Float32Array): number {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let sum = 0
  for (let at = 0; at < bytes.length; at += CHUNK) sum = crc32(bytes.subarray(at, at + CHUNK), sum)
  return sum
}
