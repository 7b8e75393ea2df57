/**
 * How near do translations come to what the memory allows? A step reads every weight of the decoder once, and the keys
 * and values to which it attends. The limit is therefore the time that a loop which only reads memory
 * (harness/read-weights.cc) needs for the same bytes, the same number of times and on as many threads. Encoding is
 * bound by arithmetic and not by reading, so decoding steps have separate rows, and for several sentences there are
 * only these rows.
 */

import { arrayTypes, type ProgramSpec } from '#dist/engine/backend/interface/backend.js'
import { storedSize } from '#dist/engine/backend/interface/packed.js'
import type { Child } from '../harness/child.ts'
import type { Contender, PlayingContender } from '../harness/contender.ts'
import { type BenchModel, type Precision, precisions, randomSources } from '../harness/models.ts'
import type { Case, Question, Side, Unanswerable } from '../harness/question.ts'
import { openReader } from '../harness/reader.ts'
import type { Played } from '../harness/timed-player.ts'
import { TOKENS, Translating, type Way, waysOf } from '../harness/translating.ts'

export async function openLimit(): Promise<Question | Unanswerable> {
  try {
    const child = await openReader()
    return {
      name: 'limit',
      title: `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out; sentences × beam; limit: weights, keys and values are read, and nothing else; steps: all but the first, which encodes`,
      unit: 'tokens/s',
      contenders: ({ contenders }) => [...contenders.filter(({ name }) => name === 'native'), limitOf('float32', 1)],
      *cases({ models, contenders, scale }) {
        // With several hypotheses of several sentences, a step is bound by arithmetic.
        const ways = waysOf(scale).filter(({ batch, beam }) => batch === 1 || beam === 1)
        const natives = contenders.filter(({ backend }) => backend === 'native')
        for (const model of models)
          for (const precision of precisions)
            for (const native of natives) yield* cells(child, native, model(precision), precision, ways)
      },
      close: () => child.close(),
    }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

function* cells(
  child: Child,
  native: PlayingContender,
  model: BenchModel,
  precision: Precision,
  ways: readonly Way[],
): Iterable<Case> {
  const ours = new Translating({ ...native, name: 'native', precision }, model)
  const limit = limitOf(precision, native.threads)
  for (const way of ways) {
    const { batch, beam } = way
    const sources = randomSources(batch, TOKENS, model.weights.config)
    const label = `${model.name} ${precision} ×${native.threads}, ${batch} × ${beam}`
    const plays = ours.plays(sources, beam)
    const cell = { model: model.name, batch, beam }
    if (batch === 1)
      yield {
        ...cell,
        label,
        tokens: TOKENS,
        sides: [ours.side(sources, beam), reading(child, plays, way, limit)],
      }
    const steps = plays.filter(({ program }) => program.name === 'step').slice(1)
    yield {
      ...cell,
      label: `${label}, steps`,
      tokens: batch * steps.length,
      sides: [ours.steps(sources, beam), reading(child, steps, way, limit)],
    }
  }
}

function reading(child: Child, plays: readonly Played[], way: Way, contender: Contender): Side {
  const reads = [...new Set(plays.map(({ program }) => program))].flatMap((program) => {
    const passes = plays.filter((played) => played.program === program)
    const caches = passes.reduce((bytes, played) => bytes + cacheBytes(played, way), 0)
    return [weightBytes(program) + Math.round(caches / passes.length), passes.length]
  })
  return {
    contender,
    async prepare() {
      await child.ask('read', contender.threads, ...reads)
    },
    run: async (runs) => Number(await child.ask('run', runs)),
  }
}

/**
 * The keys and values that a step reads: those of all sources once, and of the pasts at least those of one hypothesis
 * per sentence.
 */
function cacheBytes({ program, rows }: Played, { batch, beam }: Way): number {
  const { name, symbols, tensors, instructions } = program
  if (name !== 'step') return 0
  const pasts = rows[symbols.indexOf('A')] / beam
  return instructions
    .filter(({ op }) => op === 'attention' || op === 'cachedAttention')
    .reduce((bytes, { op, inputs: [, k, v] }) => {
      const count = op === 'attention' ? batch * TOKENS : pasts
      return bytes + count * (k.width + v.width) * arrayTypes[tensors[k.tensor].dtype].BYTES_PER_ELEMENT
    }, 0)
}

/**
 * The bytes of the model that one run of a program reads: every weight in its products. Embeddings do not count,
 * because a run reads only single rows.
 */
function weightBytes({ tensors, instructions }: ProgramSpec): number {
  const read = new Set(
    instructions.filter(({ op }) => op !== 'embed').flatMap(({ inputs }) => inputs.map(({ tensor }) => tensor)),
  )
  return tensors
    .filter(({ kind }, i) => kind === 'weight' && read.has(i))
    .reduce((bytes, { encoding, rows, width }) => bytes + 4 * storedSize(encoding, rows, width), 0)
}

const limitOf = (precision: Precision, threads: number): Contender => ({
  name: 'limit',
  backend: 'reads of memory',
  precision,
  isa: 'its own',
  blas: 'none',
  threads,
})
