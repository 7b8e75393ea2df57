import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { bucketOf } from '#dist/engine/model/config/buckets.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'

interface Bucketed {
  buckets: number
  furthest: number
  bidirectional: boolean
  of: number[]
}

/** Buckets of distances, and the logits of a T5 with ten, by transformers. */
const golden = fileURLToPath(new URL('../../golden/t5-buckets/', import.meta.url))
const { distances, buckets, source, target, logits } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))

test.each(buckets as Bucketed[])(
  '$buckets buckets up to $furthest, bidirectional $bidirectional, are those of transformers',
  ({ buckets, furthest, bidirectional, of }) => {
    expect(distances.map((distance: number) => bucketOf(distance, buckets, furthest, bidirectional))).toEqual(of)
  },
)

describe('a T5 with ten buckets', () => {
  it.each(backends)('has the logits of transformers on $name', ({ make }) => {
    const { weights, config } = loadFolder(`${golden}model`, { precision: 'float32' })
    expect(config.positions).toEqual({ kind: 'buckets', buckets: 10, furthest: 9 })
    const player = make()
    const [computed] = new ForcedDecoder(player, weights).trace([{ source, target }], ['output.out'])
    player.close()
    expectClose(computed, logits, 1e-5)
  })
})
