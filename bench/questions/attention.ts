/** How fast is attention: whole sentences on themselves (encoder), and one token a row over its past (decoding)? */
import { attention as attentionOp } from '#dist/engine/program/ops/attention.js'
import { cachedAttention } from '#dist/engine/program/ops/cached-attention.js'
import { Program } from '#dist/engine/program/program.js'
import { type Bench, flopsOfPlay, playedBy } from '../harness/played.ts'
import type { Case, Question } from '../harness/question.ts'
import { fillRandom, randomNumbers } from '../harness/random.ts'
import { countUp, equalSpans } from '../harness/spans.ts'

const HEADS = 8
const WIDTH = 512
const SCALE = (WIDTH / HEADS) ** -0.5

export const attention: Question = {
  name: 'attention',
  title: `${HEADS} heads of ${WIDTH / HEADS}; self: sentences × tokens; cached: rows × tokens of the past of each`,
  unit: 'GFLOP/s',
  contenders: ({ contenders }) => contenders,
  *cases({ contenders, scale }) {
    const isWithin = ([rows, tokens]: readonly [number, number]) => rows * tokens * WIDTH <= scale.mostElements
    const measured = ({ label, batch, bench }: { label: string; batch: number; bench: Bench }): Case => {
      return { label, batch, flops: flopsOfPlay(bench), sides: playedBy(contenders, bench) }
    }
    for (const [sentences, tokens] of (
      [
        [1, 20],
        [32, 20],
        [1, 512],
      ] as const
    ).filter(isWithin))
      yield measured({ label: `self ${sentences} × ${tokens}`, batch: sentences, bench: self(sentences, tokens) })
    for (const [rows, tokens] of (
      [
        [1, 20],
        [1, 256],
        [128, 20],
        [128, 256],
      ] as const
    ).filter(isWithin))
      yield measured({ label: `cached ${rows} × ${tokens}`, batch: rows, bench: cached(rows, tokens) })
  },
}

/** Sentences of equal length, each on itself. */
function self(sentences: number, tokens: number): Bench {
  const program = new Program('attention')
  const rows = sentences * tokens
  const [q, k, v] = program.input('queryKeyValue', 'S', 3 * WIDTH).columns(3)
  const spans = program.input('spans', 'B', 2, 'int32')
  const options = { heads: HEADS, scale: SCALE, causal: false, every: 1, traced: false, dropout: 0, site: 0 }
  const [z] = attentionOp(program, { q, k, v, queries: spans, keys: spans }, options)
  program.output(z, 'z')
  return {
    program,
    rows: { S: rows, B: sentences },
    arrays: {
      queryKeyValue: fillRandom(new Float32Array(rows * 3 * WIDTH), 1, randomNumbers(tokens)),
      spans: equalSpans(sentences, tokens),
      z: new Float32Array(rows * WIDTH),
    },
  }
}

/** Rows of one step, each with a past of its own in the cache. */
function cached(rows: number, tokens: number): Bench {
  const program = new Program('cached-attention')
  const slots = rows * tokens
  const random = randomNumbers(tokens)
  const [k, v] = program.input('cache', 'K', 2 * WIDTH).columns(2)
  const [z] = cachedAttention(
    program,
    {
      q: program.input('q', 'R', WIDTH),
      k,
      v,
      ancestors: program.input('ancestors', 'A', 1, 'int32'),
      spans: program.input('pasts', 'R', 2, 'int32'),
    },
    { heads: HEADS, scale: SCALE, traced: false },
  )
  program.output(z, 'z')
  return {
    program,
    rows: { R: rows, K: slots, A: slots },
    arrays: {
      q: fillRandom(new Float32Array(rows * WIDTH), 1, random),
      cache: fillRandom(new Float32Array(slots * 2 * WIDTH), 1, random),
      ancestors: countUp(slots),
      pasts: equalSpans(rows, tokens),
      z: new Float32Array(rows * WIDTH),
    },
  }
}
