import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { NativePlayer } from '#dist/engine/backend/native/player.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { wantsPanels } from '#dist/engine/weights/precision.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { nativeBackends, nativeReasons, type TestBackend } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { Random } from '../program/random-operands.ts'
import { generate } from './generate.ts'

/**
 * Sentences of the Tatoeba test set, spread over it, that are translated in every way; GLASSFORMER_SENTENCES=3000 takes
 * them all. Scalar kernels are slow: by default they get every sixth.
 */
const COUNT = Number(process.env.GLASSFORMER_SENTENCES || 30)
const STEP_OF_SCALAR = process.env.GLASSFORMER_SENTENCES ? 1 : 6

const reason = sharedFolder === null ? 'no shared folder' : nativeReasons.join('; ')

/** The other instruction sets are among the native backends with one thread and with two. */
const scalarOnOneThread: TestBackend[] = nativeBackends.some(({ name }) => name.includes('scalar'))
  ? [{ name: 'native scalar on one thread', make: () => new NativePlayer({ ops: opSignatures(), isa: 'scalar' }) }]
  : []

/** Below this number of tokens at once, every row of a product with a weight in rows is summed in the same order. */
const FEW_TOKENS = 100

function sourcesOf(encode: (text: string) => number[]): number[][] {
  const table = gunzipSync(readFileSync(`${sharedFolder}/data/tatoeba-fr-en.test.tsv.gz`)).toString()
  const lines = table.trimEnd().split('\n')
  return Array.from({ length: COUNT }, (_, i) => encode(lines[Math.floor((i * lines.length) / COUNT)].split('\t')[0]))
}

/** All sentences on the slowest kernels take long. */
const TIMEOUT = 3_600_000

/** One way to translate all sources: results in order. */
type Way = (player: Player, weights: Weights, sources: number[][], options: GenerationOptions) => Found[][]

const alone: Way = (player, weights, sources, options) => generate(player, weights, sources, options, 1)

/** In a random order; sentences join as others leave. */
const mixed =
  (seed: number, batchTokens: number): Way =>
  (player, weights, sources, options) => {
    const random = new Random(seed)
    const order = sources.map((_, i) => ({ i, key: random.next() })).sort((a, b) => a.key - b.key)
    const found = generate(
      player,
      weights,
      order.map(({ i }) => sources[i]),
      options,
      batchTokens,
    )
    const results: Found[][] = []
    order.forEach(({ i }, at) => {
      results[i] = found[at]
    })
    return results
  }

describe.skipIf(reason !== '')('the same sentence has the same translation and scores, to the bit', () => {
  const players = [...scalarOnOneThread, ...nativeBackends].map(({ name, make }) => {
    const step = name.includes('scalar') ? STEP_OF_SCALAR : 1
    return { name, player: make(), some: <T>(all: T[]) => all.filter((_, i) => i % step === 0) }
  })
  const byPanels = players.filter(({ player }) => wantsPanels(player.info))
  const byRows = players.filter(({ player }) => !wantsPanels(player.info))
  afterAll(() => players.forEach(({ player }) => void player.close()))
  const quantized = loadFolder(embeddedFolder(), { precision: 'int8' })
  const [rows, panels] = [false, true].map(
    (panels) => loadFolder(embeddedFolder(), { precision: 'float32', panels }).weights,
  )
  const tokenizer = createTokenizer(quantized.tokenizer)!
  const sources = reason ? [] : sourcesOf((text) => tokenizer.encode(text))

  describe.each([1, 4])('with %i beams', (beams) => {
    const options = { ...quantized.generation, maxTokens: 127, beams, alternatives: beams }
    let expected: Found[][] = []
    let exact: Found[][] = []
    beforeAll(() => {
      const { player } = players.at(-1)!
      expected = mixed(0, 4096)(player, quantized.weights, sources, options)
      exact = mixed(0, 4096)(player, panels, sources, options)
    }, TIMEOUT)

    it.each(players)('in int8 alone and in random batches, on $name', { timeout: TIMEOUT }, ({ player, some }) => {
      for (const way of [alone, mixed(1, 300), mixed(2, 4096)])
        expect(way(player, quantized.weights, some(sources), options)).toEqual(some(expected))
    })

    it.each(byPanels)('in float32 alone and in random batches, on $name', { timeout: TIMEOUT }, ({ player, some }) => {
      for (const way of [alone, mixed(1, 300), mixed(2, 4096)])
        expect(way(player, panels, some(sources), options)).toEqual(some(exact))
    })

    it.each(byRows)('in float32 alone and in small batches, on $name', { timeout: TIMEOUT }, (backend) => {
      const found = alone(backend.player, rows, backend.some(sources), options)
      expect(mixed(1, FEW_TOKENS)(backend.player, rows, backend.some(sources), options)).toEqual(found)
    })
  })
})
