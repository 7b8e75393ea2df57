import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { embed } from '../../program/ops/embed.ts'
import { fold } from '../../program/ops/fold.ts'
import { quantize } from '../../program/ops/quantize.ts'
import { semanticHash } from '../../program/ops/semantic-hash.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { type LatentsSettings, partsOf } from '../config/latents-settings.ts'
import { addAndNorm, onTop } from '../layers/add-and-norm.ts'
import { crossAttention, keyValue, type Spans, selfAttention } from '../layers/attention.ts'
import { embedding, type StackInputs, stackInputs } from '../layers/embedding.ts'
import { feedForward } from '../layers/feed-forward.ts'
import { linearLayer } from '../layers/layers.ts'
import { encoder, memoryKeysAndValues } from '../stack/encoder.ts'
import { sourceInputs } from '../stack/source-inputs.ts'

/** Two stacks over a source: one that compresses targets, and one that makes states of them again. */
type Stack = 'compressor' | 'decoder'

/** The bound source and targets. Targets have multiples of `every` rows. */
interface Bound extends Spans {
  states: Tensor
  inputs: StackInputs
  /** Rows of targets of each code [Z, every], and the place of each among these [T, 1]. */
  packed: Tensor
  unpacked: Tensor
}

/**
 * The autoencoder of a Latent Transformer (Kaiser et al. 2018) in two stages, of which this is the first: targets, compressed `every` rows to
 * one code, then all targets at once of the codes. Both stacks attend to the whole target and to the source → states [T, dModel].
 */
export function autoencoder(p: Program, latents: LatentsSettings, config: ModelConfig): Tensor {
  const bound = bind(p, latents, config)
  const { read } = coded(p, bound, latents, config)
  return decompressed(p, read, bound, latents, config)
}

/** The part of it up to the codes of given targets. */
export function encodedTargets(p: Program, latents: LatentsSettings, config: ModelConfig): Tensor {
  return coded(p, bind(p, latents, config), latents, config).codes
}

/** The part of it after the codes, which are bound → states [T, dModel]. */
export function decodedCodes(p: Program, latents: LatentsSettings, config: ModelConfig): Tensor {
  const bound = bind(p, latents, config)
  const read = p.within('latents', () => readCodes(p, latents, config))
  return decompressed(p, read, bound, latents, config)
}

function bind(p: Program, { every }: LatentsSettings, config: ModelConfig): Bound {
  const keys = p.input('sources', 'B', 2, 'int32')
  const queries = p.input('targets', 'B', 2, 'int32')
  const states = encoder(p, sourceInputs(p, config), keys, config)
  const { tokens, positions } = stackInputs(p, 'decoder', 'T', config)
  const added = p.within('decoder', () => positions.added())
  const inputs = { tokens, positions: { ...positions, added: () => added } }
  const packed = p.input('latents.packed', 'Z', every, 'int32')
  const unpacked = p.input('latents.unpacked', 'T', 1, 'int32')
  return { queries, keys, states, inputs, packed, unpacked }
}

function coded(p: Program, bound: Bound, latents: LatentsSettings, config: ModelConfig): Coded {
  const { states, inputs, packed: index, unpacked: inverse } = bound
  const memories = Array.from({ length: config.decoder.layers }, (_, i) =>
    p.within(`compressor.${i}.crossAttention`, () => keyValue(p, states, config)),
  )
  const embedded = p.within('compressor', () => embedding(p, 'decoder', inputs, config))
  const x = seeingAll(p, 'compressor', embedded, { ...bound, memories }, config)
  return p.within('latents', () => bottleneck(p, windows(p, { x, index, inverse })[0], latents, config))
}

function decompressed(p: Program, read: Tensor, bound: Bound, latents: LatentsSettings, config: ModelConfig): Tensor {
  const { states, inputs, packed: index, unpacked: inverse } = bound
  const memories = memoryKeysAndValues(p, states, config)
  const wide = p.within('latents', () =>
    linearLayer(p, 'unpack', read, { outputs: latents.every * config.dModel }, config),
  )
  const embedded = p.within('decoder', () => {
    const [x] = fold(p, { x: wide, inverse, index }, { taps: latents.every })
    const places = embedding(p, 'decoder', { ...inputs, tokens: p.input('latents.blank', 'T', 1, 'int32') }, config)
    return add(p, { a: x, b: places })[0]
  })
  return seeingAll(p, 'decoder', embedded, { ...bound, memories }, config)
}

/** Layers of which each attends to the whole target and to the source. x [T, dModel] → [T, dModel]. */
function seeingAll(
  p: Program,
  name: Stack,
  embedded: Tensor,
  { queries, keys, memories }: Spans & { memories: readonly Tensor[] },
  config: ModelConfig,
): Tensor {
  const { decoder: stack } = config
  return p.within(name, () => {
    let x = embedded
    for (let i = 0; i < stack.layers; i++)
      x = p.within(`${i}`, () => {
        const own = selfAttention(p, { stack, positions: {} }, { spans: queries, causal: false }, config)
        const seen = addAndNorm(p, 'selfAttention', x, own, config)
        const source = crossAttention(p, { memory: memories[i], queries, keys }, config)
        const informed = addAndNorm(p, 'crossAttention', seen, source, config)
        return addAndNorm(p, 'feedForward', informed, present(feedForward(p, 'decoder', i, config)), config)
      })
    return onTop(p, x, embedded, config)
  })
}

/** Codes that were chosen for packed rows, and what the decoder reads of them. */
interface Coded {
  /** [Z, dModel] */
  read: Tensor
  /** [Z, parts]: integers, or with hashing 0 and 1 as floats. */
  codes: Tensor
}

/** The bottleneck in both directions. Called in the module `latents`. x [Z, every · dModel] → codes. */
function bottleneck(p: Program, packed: Tensor, latents: LatentsSettings, config: ModelConfig): Coded {
  if (latents.kind === 'hash') {
    const x = linearLayer(p, 'pack', packed, { outputs: latents.bits }, config)
    const noise = p.training && p.input('latents.noise', 'Z', latents.bits)
    const hard = p.training && p.input('latents.hard', 'Z', 1, 'int32')
    const [codes] = semanticHash(p, { x, noise, hard })
    return { codes, read: readBits(p, codes, config) }
  }
  const { parts } = partsOf(latents)
  const x = linearLayer(p, 'pack', packed, { outputs: config.dModel }, config)
  const [read, codes, errors] = quantize(p, { x, codebook: codebook(p, latents, config) }, { blocks: parts })
  p.training?.commitments.push(errors)
  return { read, codes }
}

/**
 * The rows that the decoder reads of given codes. Called in the module `latents`. Bound are the `latents.codes` [Z, 1] of each part, or with hashing
 * all bits side by side as floats.
 */
function readCodes(p: Program, latents: LatentsSettings, config: ModelConfig): Tensor {
  const { parts } = partsOf(latents)
  if (latents.kind === 'hash') return readBits(p, p.input('latents.codes', 'Z', parts), config)
  const table = codebook(p, latents, config)
  const read = p.planned('read', 'Z', config.dModel)
  // Entries of later parts lie after those of earlier ones in the codebook.
  read.columns(parts).forEach((into, part) => {
    const tokens = p.input(`latents.codes.${part}`, 'Z', 1, 'int32')
    embed.into(p, [into], { table, tokens }, { scale: 1, positionOffset: 0 })
  })
  return read
}

/** The entries of all parts, one below the other. Training moves them by themselves: they have no gradient. */
function codebook(p: Program, latents: LatentsSettings, { dModel }: ModelConfig): Tensor {
  const { parts, values } = partsOf(latents)
  const shape = { rows: parts * values, width: dModel / parts, role: 'codebook' } as const
  return p.within('codebook', () => p.parameter('weight', shape))
}

/** A network over bits, A c + B (1 − c), relu, and a linear (Kaiser and Bengio 2018, 3): as one linear with a bias. */
function readBits(p: Program, bits: Tensor, config: ModelConfig): Tensor {
  const inner = linearLayer(p, 'bits', bits, { outputs: config.dModel, activation: 'relu' }, config)
  return linearLayer(p, 'outer', inner, { outputs: config.dModel }, config)
}
