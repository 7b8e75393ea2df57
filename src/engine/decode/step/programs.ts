import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, present } from '../../../base/present.ts'
import { listedWidth } from '../../backend/interface/listed.ts'
import type { CompressedPast } from '../../model/compressed/compressed-attention.ts'
import { isDecoderOnly, type ModelConfig } from '../../model/config/config.ts'
import { outputWeights, stackInputs } from '../../model/layers/embedding.ts'
import { decoder, projection } from '../../model/stack/decoder.ts'
import { encoder, memoryKeysAndValues } from '../../model/stack/encoder.ts'
import type { TargetSide } from '../../model/stack/own-side.ts'
import { sourceInputs } from '../../model/stack/source-inputs.ts'
import { wholeModel } from '../../model/transformer.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { candidates } from '../../program/ops/candidates.ts'
import { listedCandidates } from '../../program/ops/listed-candidates.ts'
import { rangedCandidates } from '../../program/ops/ranged-candidates.ts'
import { tokenLogProbability } from '../../program/ops/token-log-probability.ts'
import { writeCache } from '../../program/ops/write-cache.ts'
import { Program } from '../../program/program.ts'
import type { Weights } from '../../weights/weights.ts'
import { type CacheType, cacheType, targetRows } from '../memory/cache-type.ts'
import type { Normalize } from './step-kind.ts'

/** Encodes sources and puts their keys and values, for every decoder layer, into `memory.N` at `memory.slots`. */
export function encoderProgram(weights: Weights): Program {
  const p = new Program('encoder', weights)
  const { config } = weights
  const states = encoder(p, sourceInputs(p, config), p.input('sources', 'B', 2, 'int32'), config)
  const slots = p.input('memory.slots', 'S', 1, 'int32')
  const caches = memoryInputs(p, weights)
  memoryKeysAndValues(p, states, config).forEach((x, i) => writeCache(p, { x, slots, cache: caches[i] }))
  return p
}

/** Encodes sources and returns their `states`, [S, dModel]. */
export function encoderStatesProgram(weights: Weights): Program {
  const p = new Program('encoderStates', weights)
  const { config } = weights
  p.output(encoder(p, sourceInputs(p, config), p.input('sources', 'B', 2, 'int32'), config), 'states')
  return p
}

/**
 * One decoding step of R live hypotheses; the hypotheses of one sentence lie side by side (`queries`). Each hypothesis
 * has its own past (`pasts` into `ancestors` into `cache.N`; with a recurrence `parents` into `cache.N`) and its source
 * (`sources` into `memory.N`). The step computes `candidate.scores` and `candidate.ids`, the best next tokens of each
 * hypothesis.
 */
export function stepProgram(weights: Weights, normalize: Normalize): Program {
  const p = new Program('step', weights)
  const { config } = weights
  const x = stepStates(p, weights)
  outputBest(p, () => candidates(p, candidateInputs(p, x, config), { normalize, scale: config.outputScale }))
  return p
}

/** A decoding step that returns the `logits` of all ids, [R, vocabulary], for processing in JavaScript. */
export function logitsStepProgram(weights: Weights): Program {
  const p = new Program('logitsStep', weights)
  const { config } = weights
  p.output(projection(p, stepStates(p, weights), config), 'logits')
  return p
}

/**
 * A decoding step of transcripts, which chooses among text and times: `ranges` [R, 4] say which of both may follow each row. The scores are
 * normalized after edits and ranges.
 */
export function timesStepProgram(weights: Weights): Program {
  const p = new Program('timesStep', weights)
  const { config } = weights
  const x = stepStates(p, weights)
  const ranges = p.input('ranges', 'R', 4, 'int32')
  const [edits, values] = [p.input('edits', 'E', 3, 'int32'), p.input('values', 'E', 1)]
  outputBest(p, () => rangedCandidates(p, { logits: projection(p, x, config), ranges, edits, values }))
  return p
}

/**
 * A decoding step that chooses only among the ids of each sentence's shortlist: `lists` into `listed.0` and
 * `listed.ids`.
 */
export function listedStepProgram(weights: Weights, normalize: Normalize): Program {
  const p = new Program('listedStep', weights)
  const { config } = weights
  const x = stepStates(p, weights)
  const inputs = candidateInputs(p, x, config)
  const { encoding, width } = weights.place(inputs.weight.name)
  const given = {
    listed: p.input('listed.0', 'L', listedWidth(encoding, width)),
    listedIds: p.input('listed.ids', 'L', 1, 'int32'),
    lists: p.input('lists', 'B', 2, 'int32'),
    queries: queriesOf(p),
  }
  outputBest(p, () => listedCandidates(p, { ...inputs, ...given }, { normalize, scale: config.outputScale }))
  return p
}

/** Records the decoder, and returns its states [R, dModel]. */
function stepStates(p: Program, weights: Weights): Tensor {
  const { config } = weights
  const inputs = stackInputs(p, 'decoder', 'R', config)
  const memories = isDecoderOnly(config) ? null : memoryInputs(p, weights)
  const side = pastSide(p, weights)
  const source = memories && { memories, queries: queriesOf(p), keys: p.input('sources', 'B', 2, 'int32') }
  return decoder(p, inputs, side, source, config)
}

/** The rows of each sentence. */
const queriesOf = (p: Program) => p.bound.find(({ name }) => name === 'queries') ?? p.input('queries', 'B', 2, 'int32')

/** The cache that the decoder looks back at: keys and values of the past, or states. */
function pastSide(p: Program, weights: Weights): TargetSide {
  const { width, type, reach, compressed } = targetRows(weights)
  const { config } = weights
  const { layers } = config.decoder
  const caches = Array.from({ length: layers }, (_, i) => p.input(`cache.${i}`, 'K', width, type))
  const slots = p.input('slots', 'R', 1, 'int32')
  if (reach === 'parent') {
    const [parents, lengths] = [p.input('parents', 'R', 1, 'int32'), p.input('lengths', 'R', 1, 'int32')]
    return { state: (layer) => ({ cache: caches[layer], slots, parents, lengths }) }
  }
  const [ancestors, spans] = [p.input('ancestors', 'A', 1, 'int32'), p.input('pasts', 'R', 2, 'int32')]
  return {
    past: (layer) => ({ cache: caches[layer], slots, ancestors, spans }),
    compressed: compressed ? compressedPast(p, compressed.layers, { caches, slots }, config.dModel) : notCompressed,
  }
}

const notCompressed = () => {
  throw new GlassformerError('ERR_INTERNAL', 'no layer of the decoder has compressed memory')
}

/** The past of each layer with compressed memory. */
function compressedPast(
  p: Program,
  layers: readonly number[],
  { caches, slots }: { caches: readonly Tensor[]; slots: Tensor },
  dModel: number,
): (layer: number) => CompressedPast {
  const inputs = new Map(layers.map((layer, i) => [layer, p.input(`inputs.${i}`, 'K', dModel)]))
  const made = p.input('compressed.slots', 'C.rows', 1, 'int32')
  const ancestors = p.input('compressed.ancestors', 'C.seen', 1, 'int32')
  const spans = p.input('compressed.pasts', 'R', 2, 'int32')
  return (layer) => ({ inputs: entryOf(inputs, layer), cache: caches[layer], slots, made, ancestors, spans })
}

/** The inputs of the op that finds candidates. */
function candidateInputs(p: Program, x: Tensor, config: ModelConfig) {
  const edits = p.input('edits', 'E', 3, 'int32')
  const values = p.input('values', 'E', 1)
  return { x, ...p.within('output', () => outputWeights(p, config)), edits, values }
}

function outputBest(p: Program, best: () => Tensor[]): void {
  const [scores, ids] = p.within('output', best)
  p.output(scores, 'candidate.scores')
  p.output(ids, 'candidate.ids')
}

/**
 * Sources and whole given targets in one pass (teacher forcing). The program computes `target.scores` [T, 1], the
 * log-probability of each of `target.ids` after `target.tokens`, which are the same ids shifted right after the start.
 * With `tracing` every attention also writes its weights, `….selfAttention.weights` and `….crossAttention.weights`.
 */
export function forcedProgram(weights: Weights, { tracing }: { tracing: boolean }): Program {
  const p = new Program('forced', weights)
  const { config } = weights
  p.tracing = tracing
  const logits = projection(p, wholeModel(p, config), config)
  const [scores] = tokenLogProbability(p, { logits, ids: p.input('target.ids', 'T', 1, 'int32') })
  p.output(scores, 'target.scores')
  return p
}

/**
 * Whole given targets over encoded sources in memory (teacher forcing): the `logits` [T, vocabulary] after each token, and the attention of
 * these decoder layers to the source, `decoder.….crossAttention.weights`.
 */
export function recallProgram(weights: Weights, layers: readonly number[]): Program {
  const p = new Program('recall', weights)
  const { config } = weights
  p.tracing = true
  const inputs = stackInputs(p, 'decoder', 'T', config)
  const targets = p.input('targets', 'B', 2, 'int32')
  // Attention whose weights are read takes keys in float32 alone.
  const source = {
    memories: memoryInputs(p, weights, 'float32'),
    queries: targets,
    keys: p.input('sources', 'B', 2, 'int32'),
  }
  const states = decoder(p, inputs, { spans: targets }, source, config)
  p.output(projection(p, states, config), 'logits')
  for (const layer of layers) p.output(present(p.find(`decoder.${layer}.crossAttention.weights`)))
  return p
}

/** The bound keys and values of the sources for each decoder layer: [M, 2 · heads · dHead]. */
function memoryInputs(p: Program, weights: Weights, type: CacheType = cacheType(weights)): Tensor[] {
  const { layers, heads, dHead } = weights.config.decoder
  return Array.from({ length: layers }, (_, i) => p.input(`memory.${i}`, 'M', 2 * heads * dHead, type))
}
