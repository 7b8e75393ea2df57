import { fileURLToPath } from 'node:url'
import { packageFolder } from '#dist/base/package/package-folder.js'
import type { Encoding, Packing, Player, PlayerInfo } from '#dist/engine/backend/interface/backend.js'
import type { Shortlist } from '#dist/engine/decode/batch/shortlist.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { parameters } from '#dist/engine/weights/parameters.js'
import { wantsPanels } from '#dist/engine/weights/precision.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import type { ModelName } from './model-names.ts'
import { packing } from './packing.ts'
import { fillRandom, randomNumbers } from './random.ts'
import { bartLarge, flanT5, nllb, ofThePaper, opusMt, reduced } from './shapes.ts'

/** A model as the bench needs it: ids in, ids out. */
export interface BenchModel {
  name: ModelName
  weights: Weights
  generation: GenerationOptions
  /** The shortlist, for translations that choose among the tokens of a list. */
  shortlist?: Shortlist
}

/** The precisions in which our translations are measured. */
export const precisions = ['float32', 'bfloat16', 'int8'] as const
/** These, and int4, which has a question of its own. */
export type Precision = (typeof precisions)[number] | 'int4'

export const isPrecision = (text: string): text is Precision => (precisions as readonly string[]).includes(text)

/** Makes a model in a precision, float32 by default, at the first call. */
export type ModelMaker = (precision?: Precision) => BenchModel

/** Every model by its name. */
export const modelMakers: Readonly<Record<ModelName, ModelMaker>> = {
  'fr-en': held(embedded),
  base: held(() => withRandomWeights('base', ofThePaper(512, 32_000, { layers: 6, heads: 8, dFeedForward: 2048 }))),
  big: held(() => withRandomWeights('big', ofThePaper(1024, 32_000, { layers: 6, heads: 16, dFeedForward: 4096 }))),
  'opus-mt': held(() => withRandomWeights('opus-mt', opusMt)),
  'nllb-600m': held(() => withRandomWeights('nllb-600m', nllb)),
  'flan-t5-base': held(() => withRandomWeights('flan-t5-base', flanT5)),
  'bart-large': held(() => withRandomWeights('bart-large', bartLarge)),
}

/** Models of the same families with few weights; the embedded one is itself. */
export const smallModelMakers: Readonly<Record<ModelName, ModelMaker>> = {
  'fr-en': modelMakers['fr-en'],
  base: held(() => withRandomWeights('base', ofThePaper(64, 320, { layers: 1, heads: 2, dFeedForward: 128 }))),
  big: held(() => withRandomWeights('big', ofThePaper(128, 320, { layers: 1, heads: 4, dFeedForward: 256 }))),
  'opus-mt': held(() => withRandomWeights('opus-mt', reduced(opusMt))),
  'nllb-600m': held(() => withRandomWeights('nllb-600m', reduced(nllb))),
  'flan-t5-base': held(() => withRandomWeights('flan-t5-base', reduced(flanT5))),
  'bart-large': held(() => withRandomWeights('bart-large', reduced(bartLarge))),
}

/** The package's own model: 6 + 2 layers, 256, 4 heads, 1024, vocabulary 12,000. */
function embedded(): BenchModel {
  const folder = fileURLToPath(new URL('models/fr-en', packageFolder()))
  const { weights, generation } = loadFolder(folder, { precision: 'float32', packing })
  return { name: 'fr-en', weights, generation }
}

function withRandomWeights(name: ModelName, config: ModelConfig): BenchModel {
  const weights = new Weights(config, 'float32', packing.store)
  const random = randomNumbers(1)
  fillRandom(weights.values, config.dModel ** -0.5, random)
  for (const [name, { rows }] of weights.placements)
    if (rows === 1) weights.get(name).fill(/norm\.weight$/i.test(name) ? 1 : 0)
  return { name, weights, generation: { ...generationDefaults, suppress: [config.ids.padding!] } }
}

/** Writes a model in float32 as a folder, for code that loads a folder. */
export function writeModel(folder: string, { weights, generation }: BenchModel): void {
  writeGlassformerFolder(folder, { weights, generation, dtype: 'float32' })
}

/** Sources of `length` ids: random ones, and the end. */
export function randomSources(count: number, length: number, { ids, sourceVocabulary }: ModelConfig): number[][] {
  const random = randomNumbers(length)
  const special = new Set<number | string | null>(Object.values(ids))
  const ordinary = () => {
    for (;;) {
      const id = Math.floor(random() * sourceVocabulary)
      if (!special.has(id)) return id
    }
  }
  return Array.from({ length: count }, () => [...Array.from({ length: length - 1 }, ordinary), ids.end])
}

/** The original model, and its weights in the other precisions, each made once. */
function held(make: () => BenchModel): ModelMaker {
  const made = new Map<Precision, BenchModel>()
  const holding = (precision: Precision = 'float32'): BenchModel => {
    const model = made.get(precision) ?? (precision === 'float32' ? make() : encoded(holding(), precision))
    made.set(precision, model)
    return model
  }
  return holding
}

function encoded(model: BenchModel, encoding: Encoding): BenchModel {
  const weights = new Weights(model.weights.config, encoding, packing.store)
  for (const { name } of parameters(weights.config)) weights.setRows(name, 0, model.weights.get(name), packing)
  return { ...model, weights }
}

/**
 * A model in the form that a translator uses for this backend: float32 weights are in panels where the backend prefers
 * panels, and for WebAssembly the weights are in its memory. Each is made once.
 */
export function heldFor(player: Player, model: BenchModel): BenchModel {
  const { info, home } = player
  if (home) return heldAt(home, model, () => within(player.packing!, heldInPanels(info, model)))
  return heldInPanels(info, model)
}

function heldInPanels(info: PlayerInfo, model: BenchModel): BenchModel {
  if (model.weights.encoding !== 'float32' || !wantsPanels(info)) return model
  return heldAt(panels, model, () => encoded(model, 'float32panels'))
}

/** The models that are held in each place. */
const places = new WeakMap<object, WeakMap<BenchModel, BenchModel>>()
const panels = {}

function heldAt(place: object, model: BenchModel, make: () => BenchModel): BenchModel {
  const there = places.get(place) ?? new WeakMap<BenchModel, BenchModel>()
  places.set(place, there)
  const made = there.get(model) ?? make()
  there.set(model, made)
  return made
}

/** The same weights in a backend's memory. */
function within(packing: Packing, model: BenchModel): BenchModel {
  const { config, encoding, values } = model.weights
  const weights = new Weights(config, encoding, packing.store)
  weights.values.set(values)
  return { ...model, weights }
}
