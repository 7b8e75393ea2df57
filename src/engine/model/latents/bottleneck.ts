import type { Tensor } from '../../program/instructions/tensor.ts'
import { embed } from '../../program/ops/embed.ts'
import { quantize } from '../../program/ops/quantize.ts'
import { semanticHash } from '../../program/ops/semantic-hash.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { type LatentsSettings, partsOf } from '../config/latents-settings.ts'
import { linearLayer } from '../layers/layers.ts'

/** Codes that were chosen for packed rows, and what the decoder reads of them. */
export interface Coded {
  /** [Z, dModel] */
  read: Tensor
  /** [Z, parts]: integers, or with hashing 0 and 1 as floats. */
  codes: Tensor
}

/** The bottleneck in both directions. Called in the module `latents`. x [Z, every · dModel] → codes. */
export function bottleneck(p: Program, packed: Tensor, latents: LatentsSettings, config: ModelConfig): Coded {
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
export function readCodes(p: Program, latents: LatentsSettings, config: ModelConfig): Tensor {
  const { parts } = partsOf(latents)
  if (latents.kind === 'hash') return readBits(p, p.input('latents.codes', 'Z', parts), config)
  const table = codebook(p, latents, config)
  const read = p.planned('read', 'Z', config.dModel)
  // Entries of later parts lie behind those of earlier ones in the codebook.
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
