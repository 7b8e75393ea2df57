import { listedWidth } from '../backend/listed.ts'
import { decoder, projection } from '../model/decoder.ts'
import { type EmbeddingInputs, outputWeights } from '../model/embedding.ts'
import { encoder, memoryKeysAndValues } from '../model/encoder.ts'
import { append } from '../program/ops/append.ts'
import { candidates } from '../program/ops/candidates.ts'
import { listedCandidates } from '../program/ops/listed-candidates.ts'
import { tokenScore } from '../program/ops/softmax.ts'
import { Program } from '../program/program.ts'
import type { Rows, Tensor } from '../program/tensor.ts'
import { addToEmbeddings, areSinusoids, type ModelConfig } from '../weights/config.ts'
import type { Weights } from '../weights/weights.ts'
import { cacheType } from './cache-type.ts'
import type { Normalise } from './step-kind.ts'

/** Encodes sources and puts their keys and values, for every decoder layer, into `memory.N` at `memory.slots`. */
export function encoderProgram(weights: Weights): Program {
  const p = new Program('encoder', weights)
  const { config } = weights
  const states = encoder(p, embeddingInputs(p, 'source', 'S', config), p.input('sources', 'B', 2, 'i32'), config, false)
  const slots = p.input('memory.slots', 'S', 1, 'i32')
  const caches = layerInputs(p, 'memory', 'M', weights)
  memoryKeysAndValues(p, states, config).forEach((x, i) => append(p, { x, slots, cache: caches[i] }))
  return p
}

/**
 * One decoding step: R live hypotheses, those of one sentence side by side (`queries`), each with its own past (`pasts` into
 * `ancestors` into `cache.N`) and source (`sources` into `memory.N`) → `candidate.scores` and `candidate.ids`, its best next
 * tokens.
 */
export function stepProgram(weights: Weights, normalise: Normalise): Program {
  const p = new Program('step', weights)
  const { config } = weights
  const { inputs } = stepInputs(p, weights)
  outputBest(p, () => candidates(p, inputs, { normalise, scale: config.outputScale }))
  return p
}

/** The same, among the ids of each sentence's list alone: `lists` into `listed.0` and `listed.ids`. */
export function listedStepProgram(weights: Weights, normalise: Normalise): Program {
  const p = new Program('listedStep', weights)
  const { config } = weights
  const { inputs, queries } = stepInputs(p, weights)
  const { encoding, width } = weights.place(inputs.weight.name)
  const given = {
    listed: p.input('listed.0', 'L', listedWidth(encoding, width)),
    listedIds: p.input('listed.ids', 'L', 1, 'i32'),
    lists: p.input('lists', 'B', 2, 'i32'),
    queries,
  }
  outputBest(p, () => listedCandidates(p, { ...inputs, ...given }, { normalise, scale: config.outputScale }))
  return p
}

/** What candidates are found with; the decoder is recorded. */
function stepInputs(p: Program, weights: Weights) {
  const { config } = weights
  const inputs = embeddingInputs(p, 'target', 'R', config)
  const memories = layerInputs(p, 'memory', 'M', weights)
  const caches = layerInputs(p, 'cache', 'K', weights)
  const past = {
    slots: p.input('slots', 'R', 1, 'i32'),
    ancestors: p.input('ancestors', 'A', 1, 'i32'),
    spans: p.input('pasts', 'R', 2, 'i32'),
  }
  const queries = p.input('queries', 'B', 2, 'i32')
  const spans = { queries, keys: p.input('sources', 'B', 2, 'i32') }
  const side = { past: (layer: number) => ({ ...past, cache: caches[layer] }) }
  const x = decoder(p, inputs, side, memories, { ...spans, weights: false }, config)
  const edits = p.input('edits', 'E', 3, 'i32')
  const values = p.input('values', 'E', 1)
  return { inputs: { x, ...p.within('output', () => outputWeights(p, config)), edits, values }, queries }
}

function outputBest(p: Program, best: () => Tensor[]): void {
  const [scores, ids] = p.within('output', best)
  p.output(scores, 'candidate.scores')
  p.output(ids, 'candidate.ids')
}

/**
 * Sources and whole given targets in one pass (teacher forcing): `target.scores` [T, 1], the log-probability of each of
 * `target.ids` after `target.tokens` (the same, shifted right behind the start). With `weights` every attention computes its
 * weights too, `….selfAttention.weights` and `….crossAttention.weights`.
 */
export function forcedProgram(weights: Weights, options: { weights: boolean }): Program {
  const p = new Program('forced', weights)
  const { config } = weights
  const sources = p.input('sources', 'B', 2, 'i32')
  const targets = p.input('targets', 'B', 2, 'i32')
  const states = encoder(p, embeddingInputs(p, 'source', 'S', config), sources, config, options.weights)
  const memories = memoryKeysAndValues(p, states, config)
  const side = { spans: targets, weights: options.weights }
  const cross = { queries: targets, keys: sources, weights: options.weights }
  const targetStates = decoder(p, embeddingInputs(p, 'target', 'T', config), side, memories, cross, config)
  const logits = projection(p, targetStates, config)
  const [scores] = tokenScore(p, { logits, ids: p.input('target.ids', 'T', 1, 'i32') })
  p.output(scores, 'target.scores')
  return p
}

/** The bound inputs of one side's embedding; both sides share the table of sinusoids. */
export function embeddingInputs(
  p: Program,
  side: 'source' | 'target',
  rows: Rows,
  config: ModelConfig,
): EmbeddingInputs {
  return {
    tokens: p.input(`${side}.tokens`, rows, 1, 'i32'),
    positions: addToEmbeddings(config.positions) ? p.input(`${side}.positions`, rows, 1, 'i32') : null,
    sinusoids: areSinusoids(config.positions)
      ? (p.bound.find(({ name }) => name === 'sinusoids') ?? p.input('sinusoids', 'N', config.dModel))
      : null,
  }
}

/** Bound keys and values of each decoder layer: [rows, 2 · heads · dHead]. */
function layerInputs(p: Program, name: string, rows: Rows, weights: Weights): Tensor[] {
  const { layers, heads, dHead } = weights.config.decoder
  return Array.from({ length: layers }, (_, i) => p.input(`${name}.${i}`, rows, 2 * heads * dHead, cacheType(weights)))
}
