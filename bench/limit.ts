/**
 * How near do translations of one sentence come to what the memory allows? A step reads every weight of the decoder once, so the
 * limit is the time in which a loop that does nothing else (limit/read-weights.cc) reads the same bytes as often, on as many threads.
 * To encode 20 tokens is arithmetic, and no reading, so decoding steps have rows of their own.
 */
import type { ProgramSpec } from '#dist/backend/backend.js'
import { storedSize } from '#dist/backend/packed.js'
import type { Child } from './child.ts'
import type { Contender, PlayingContender } from './contender.ts'
import { type BenchModel, models, type Precision, precisions, randomSources } from './models.ts'
import type { Case, Question, Side, Unanswerable } from './question.ts'
import { openReader } from './reader.ts'
import { type Played, TOKENS, Translating } from './translating.ts'

export async function openLimit(): Promise<Question | Unanswerable> {
  try {
    const child = await openReader()
    return {
      name: 'limit',
      title: `one sentence, ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out; limit: its weights are read, and nothing else; steps: all but the first, which encodes`,
      unit: 'tokens/s',
      contenders: ({ contenders }) => [...contenders.filter(({ name }) => name === 'native'), limitOf('float32', 1)],
      *cases({ contenders }) {
        const natives = contenders.filter(({ backend }) => backend === 'native')
        for (const model of models)
          for (const precision of precisions)
            for (const native of natives) yield* cells(child, native, model(precision), precision)
      },
      close: () => child.close(),
    }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

function* cells(child: Child, native: PlayingContender, model: BenchModel, precision: Precision): Iterable<Case> {
  const ours = new Translating({ ...native, name: 'native', precision }, model)
  const sources = randomSources(1, TOKENS, model.weights.config)
  const limit = limitOf(precision, native.threads)
  for (const beam of [1, 4]) {
    const label = `${model.name} ${precision} ×${native.threads}, 1 × ${beam}`
    const plays = ours.plays(sources, beam)
    const cell = { model: model.name, batch: 1, beam }
    yield { ...cell, label, tokens: TOKENS, sides: [ours.side(sources, beam), reading(child, plays, limit)] }
    const steps = plays.filter(({ program }) => program.name === 'step').slice(1)
    yield {
      ...cell,
      label: `${label}, steps`,
      tokens: steps.length,
      sides: [ours.steps(sources, beam), reading(child, steps, limit)],
    }
  }
}

function reading(child: Child, plays: readonly Played[], contender: Contender): Side {
  const passes = new Map<ProgramSpec, number>()
  for (const { program } of plays) passes.set(program, (passes.get(program) ?? 0) + 1)
  const reads = [...passes].flatMap(([program, times]) => [weightBytes(program), times])
  return {
    contender,
    async prepare() {
      await child.ask('read', contender.threads, ...reads)
    },
    run: async (runs) => Number(await child.ask('run', runs)),
  }
}

/** What one play of a program reads of the model: every weight that it computes with; of embeddings single rows, which do not count. */
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
