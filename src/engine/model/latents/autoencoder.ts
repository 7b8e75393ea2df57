import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { fold } from '../../program/ops/fold.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { LatentsSettings } from '../config/latents-settings.ts'
import { addAndNorm, onTop } from '../layers/add-and-norm.ts'
import { crossAttention, keyValue, type Spans, selfAttention } from '../layers/attention.ts'
import { embedding, type StackInputs, stackInputs } from '../layers/embedding.ts'
import { feedForward } from '../layers/feed-forward.ts'
import { linearLayer } from '../layers/layers.ts'
import { encoder, memoryKeysAndValues } from '../stack/encoder.ts'
import { sourceInputs } from '../stack/source-inputs.ts'
import { bottleneck, type Coded, readCodes } from './bottleneck.ts'

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

/** The part of it behind the codes, which are bound → states [T, dModel]. */
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
