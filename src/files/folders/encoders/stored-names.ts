import type { TextEncoderConfig } from '../../../engine/model/text-encoder/index.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import type { StoredNames } from '../tensors/fill-weights.ts'
import { namesOf } from '../tensors/weight-names.ts'
import type { EncoderFamily, Task } from './families/index.ts'

/** Norms and biases that some files leave out, which zeros stand for. */
const OPTIONAL =
  /(^|\.)(embeddingNorm|selfAttentionNorm|feedForwardNorm|norm|head\.norm)\.bias$|\.selfAttention\.(key|distanceKey)\.bias$/

/**
 * The names of an encoder's weights in a folder. Tensors of other heads, and such as can be computed, may lie beside them; those of layers
 * that config.json does not know may not.
 */
export function encoderNames(
  family: EncoderFamily,
  task: Exclude<Task, 'none'> | 'pooled' | null,
  config: TextEncoderConfig,
  weights: readonly Parameter[],
  stored: ReadonlySet<string>,
): StoredNames {
  const names = { ...family.names, ...(task && family.headNames[task]) }
  const of = (weight: string): string | null => {
    const found = namesOf({ stored: names, ignored: [], optional: [], asRow: [] }, weight)
    const written = found.flatMap((name) => [family.prefix + name, name]).flatMap((name) => [name, earlier(name)])
    const first = written.find((name) => stored.has(name))
    if (first !== undefined) return first
    return OPTIONAL.test(weight) ? null : (found[0] ?? weight)
  }
  const known = new Set(weights.map(({ name }) => of(name)))
  const layers = config.sharedLayers ? 1 : config.layers
  const isBeyond = (name: string) => {
    const number = /(?:^|\.)(?:layers?|albert_layer_groups)\.(\d+)\./.exec(name)?.[1]
    return number !== undefined && Number(number) >= layers
  }
  return {
    of: ({ name }) => of(name),
    extras: new Map([...stored].filter((name) => !known.has(name) && !isBeyond(name)).map((name) => [name, null])),
    copies: new Map(),
  }
}

/** The name of a norm's weights in files of the first PyTorch versions. */
const earlier = (name: string) =>
  name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta')
