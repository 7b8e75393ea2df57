import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { Program } from '#dist/engine/program/program.js'
import { nativeReasons, testedIsas } from '../backends.ts'
import { Random } from '../engine/program/random-operands.ts'
import { makePlayer } from './tiny-program.ts'

/** Queries that copy the keys and values of a head, and the largest part of them that does not. */
const QUERIES = 100
const PART = 50
const KEYS = 90

/** Attention of all queries to the same keys, as one sentence or as sentences of `part` queries. */
function attended(width: number, heads: number, player: ConstructorParameters<typeof LoadedProgram>[0], part: number) {
  const random = new Random(width)
  const p = new Program('attention')
  const q = p.input('q', 'T', width)
  const [k, v] = ['k', 'v'].map((name) => p.input(name, 'S', width))
  const [queries, keys] = ['queries', 'keys'].map((name) => p.input(name, 'B', 2, 'int32'))
  const scale = (width / heads) ** -0.5
  const plain = { heads, scale, causal: false, every: 1, traced: false, dropout: 0, site: 0 }
  p.output(attention(p, { q, k, v, queries, keys }, plain)[0], 'z')
  const B = QUERIES / part
  const spans = (of: (i: number) => number[]) => Int32Array.from(Array.from({ length: B }, (_, i) => of(i)).flat())
  const z = new Float32Array(QUERIES * width)
  new LoadedProgram(player, p).play(
    { T: QUERIES, S: KEYS, B },
    {
      q: random.floats(QUERIES * width),
      k: random.floats(KEYS * width),
      v: random.floats(KEYS * width),
      queries: spans((i) => [i * part, (i + 1) * part]),
      keys: spans(() => [0, KEYS]),
      z,
    },
  )
  return z
}

const shapes = [
  { width: 128, heads: 2 },
  { width: 60, heads: 3 },
  { width: 66, heads: 1 },
]

describe.skipIf(nativeReasons.length > 0).each(testedIsas)('attention of long sentences on %s', (isa) => {
  it.each(shapes)('has the bits of shorter ones that see the same keys: $width, $heads heads', ({ width, heads }) => {
    for (const threads of [1, 2]) {
      const player = makePlayer({ isa, threads })
      const whole = attended(width, heads, player, QUERIES)
      const parts = attended(width, heads, player, PART)
      player.close()
      expect(Buffer.compare(Buffer.from(whole.buffer), Buffer.from(parts.buffer))).toBe(0)
    }
  })

  it('is that of JavaScript', () => {
    const player = makePlayer({ isa })
    const [ours, expected] = [player, new JsPlayer()].map((each) => attended(128, 2, each, QUERIES))
    player.close()
    ours.forEach((value, i) => void expect(value).toBeCloseTo(expected[i], 4))
  })
})
