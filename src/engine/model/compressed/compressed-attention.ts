import { present } from '../../../base/present.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { attention } from '../../program/ops/attention.ts'
import { cachedAttention } from '../../program/ops/cached-attention.ts'
import { linear } from '../../program/ops/linear.ts'
import { windows } from '../../program/ops/windows.ts'
import { writeCache } from '../../program/ops/write-cache.ts'
import type { Program } from '../../program/program.ts'
import type { CompressedSettings } from '../config/attention-settings.ts'
import type { ModelConfig } from '../config/config.ts'
import type { Sublayer } from '../layers/add-and-norm.ts'
import { projected, scaleOf } from '../layers/attention.ts'
import { linearLayer } from '../layers/layers.ts'
import type { Past } from '../layers/step-attention.ts'

// Memory-compressed attention (Generating Wikipedia by Summarizing Long Sequences, Liu et al. 2018, 4.2.4), as Tensor2Tensor has it: the memory of a
// sentence is its first token, and a linear of each block of `factor` tokens; token i sees the first ⌊i / factor⌋ + 1 rows of it. Positions enter by
// the embeddings alone.

/** The past of every hypothesis as compressed memory has it. */
export interface CompressedPast extends Pick<Past, 'slots'> {
  /** [K, dModel]: the inputs of the layer. */
  inputs: Tensor
  /** [K, 2 · heads · dHead]: keys and values of rows of memory, in the slots of their last tokens. */
  cache: Tensor
  /** [C.rows, 1]: where the rows of memory go that this step makes. */
  made: Tensor
  /** [C.seen, 1] and [R, 2]: row r sees slots ancestors[spans[r, 0] … spans[r, 1]). */
  ancestors: Tensor
  spans: Tensor
}

/** The side on which a decoder looks back: whole sentences, or the past of one new token for each row. */
type Compressed = { spans: Tensor } | { compressed: (layer: number) => CompressedPast }

/** The attention of each layer with compressed memory. Called in the module of the stack, before its first layer. */
export function compressedAttention(
  p: Program,
  side: Compressed,
  settings: CompressedSettings,
  config: ModelConfig,
): (layer: number) => Sublayer {
  const memory = memoryOf(p, settings, 'spans' in side)
  if ('compressed' in side) return (layer) => stepSublayer(p, side.compressed(layer), memory, config)
  const keys = p.input('compressed.keys', 'B', 2, 'int32')
  const { decoder: stack } = config
  const dropout = p.training?.dropout.attention ?? 0
  const given = { heads: stack.heads, scale: scaleOf(config, stack), causal: true, every: settings.factor } as const
  return () => (x, residual) => {
    const q = queryOf(p, x, config)
    const [k, v] = keyValueOf(p, memory(x), config).columns(2)
    const seed = dropout ? present(p.training).seed : null
    const inputs = { q, k, v, queries: side.spans, keys, seed }
    const [z] = attention(p, inputs, { ...given, traced: p.tracing, dropout, site: p.site })
    return projected(p, z, residual, config)
  }
}

function stepSublayer(
  p: Program,
  { inputs, cache, slots, made, ancestors, spans }: CompressedPast,
  memory: (x: Tensor) => Tensor,
  config: ModelConfig,
): Sublayer {
  const { decoder: stack } = config
  return (x, residual) => {
    writeCache(p, { x, slots, cache: inputs })
    writeCache(p, { x: keyValueOf(p, memory(inputs), config), slots: made, cache })
    const [k, v] = cache.columns(2)
    const given = { q: queryOf(p, x, config), k, v, ancestors, spans }
    const [z] = cachedAttention(p, given, { heads: stack.heads, scale: scaleOf(config, stack), traced: p.tracing })
    return projected(p, z, residual, config)
  }
}

const queryOf = (p: Program, x: Tensor, config: ModelConfig): Tensor =>
  linearLayer(p, 'query', x, { outputs: config.decoder.heads * config.decoder.dHead }, config)

const keyValueOf = (p: Program, memory: Tensor, config: ModelConfig): Tensor => {
  const outputs = 2 * config.decoder.heads * config.decoder.dHead
  return linearLayer(p, 'keyValue', memory, { outputs, parts: ['key', 'value'] }, config)
}

/** Rows of memory [C.rows, dModel] of x: the layer's inputs, or the cache in which they lie. */
function memoryOf(p: Program, { factor }: CompressedSettings, isWhole: boolean): (x: Tensor) => Tensor {
  const input = (name: string, rows: Rows, width: number) => p.input(`compressed.${name}`, rows, width, 'int32')
  const index = input('windows', 'C.blocks', factor)
  const [blocks, firsts] = [input('blocks', 'C.rows', 1), input('firsts', 'C.rows', 1)]
  const inverses = p.training && isWhole ? inversesOf(p) : null
  return (x) =>
    p.within('memory', () => {
      const of = inverses?.(x.rows)
      const [window] = windows(p, { x, index, inverse: of?.readers })
      const weight = p.parameter('weight', { rows: x.width, width: factor * x.width, role: 'matrix' })
      const bias = p.parameter('bias', { rows: 1, width: x.width, role: 'bias' })
      const [compressed] = linear(p, { x: window, weight, bias }, { activation: 'none', scale: 1 })
      const [placed] = p.within('blocks', () => windows(p, { x: compressed, index: blocks, inverse: of?.places }))
      const [first] = p.within('firsts', () => windows(p, { x, index: firsts, inverse: of?.firstReaders }))
      return add(p, { a: placed, b: first })[0]
    })
}

/** The inverses of the indices, which gradients need; declared once for all layers. */
function inversesOf(p: Program): (rows: Rows) => Record<'readers' | 'firstReaders' | 'places', Tensor> {
  let declared: Record<'readers' | 'firstReaders' | 'places', Tensor> | undefined
  return (rows) => {
    declared ??= {
      readers: p.input('compressed.readers', rows, 1, 'int32'),
      firstReaders: p.input('compressed.firstReaders', rows, 1, 'int32'),
      places: p.input('compressed.places', 'C.blocks', 1, 'int32'),
    }
    return declared
  }
}
