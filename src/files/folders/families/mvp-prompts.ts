import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import { normalDistribution } from '../../../engine/backend/js/functions/activation-functions.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { StoredForm } from './family.ts'

/** The tensors of one prompt: an embedding of its rows, and two linears with GELU between them. */
const PARTS = [
  'prompt_embedding.weight',
  ...['0.weight', '0.bias', '2.weight', '2.bias'].map((p) => `prompt_trans.${p}`),
]
const PROMPT = /^(.*coder\.)(self|cross)_attn_prompt\.(prompt_(?:embedding|trans)\..*)$/

/** The place of a computed tensor: the stem of its prompt's stored names, and the layer whose columns it has. */
interface Computed {
  stem: string
  layer: number
}

/**
 * MVP's prompts as the model has them. Files hold, for all layers of a kind of attention together, an embedding of the prompt's rows and two
 * linears that make keys and values of it; these depend on no input, so that they are computed as the folder is read. The prompt of a layer
 * is `….layers.N.self_attn.prompt.weight` (or `encoder_attn`), [length, 2 · dModel], keys and then values.
 */
class PromptTensors implements TensorSource {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #source: TensorSource
  readonly #computed = new Map<string, Computed>()
  readonly #made = new Map<string, Float64Array>()

  constructor(source: TensorSource) {
    this.#source = source
    this.path = source.path
    const tensors = new Map([...source.tensors].filter(([name]) => !PROMPT.test(name)))
    for (const stem of new Set(
      [...source.tensors.keys()].flatMap((name) => PROMPT.exec(name)?.slice(1, 3).join('|') ?? []),
    ))
      this.#add(stem, tensors)
    this.tensors = tensors
  }

  get describedBy(): string | undefined {
    return this.#source.describedBy
  }

  readFloats(name: string, into: Float32Array): void {
    const computed = this.#computed.get(name)
    if (computed) into.set(this.#layer(computed))
    else this.#source.readFloats(name, into)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array | Uint8Array): void {
    const computed = this.#computed.get(name)
    if (computed && isArrayOf<Float32Array>(Float32Array, into))
      into.set(this.#layer(computed).subarray(first, first + into.length))
    else this.#source.readPart(name, first, into)
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#source.readIntegers(name)
  }

  close(): void {
    this.#source.close()
  }

  /** Enters the prompts of all layers that one embedding and its linears make. */
  #add(key: string, tensors: Map<string, TensorEntry>): void {
    const [side, kind] = key.split('|')
    const stem = `${side}${kind}_attn_prompt.`
    const [[length, width], [inner], , [columns]] = PARTS.map((part) => this.#shape(`${stem}${part}`))
    const fits = [[length, width], [inner, width], [inner], [columns, inner], [columns]]
    PARTS.forEach((part, i) => {
      const shape = this.#shape(`${stem}${part}`)
      if (shape.join() !== fits[i].join() || columns % (2 * width))
        this.#refuse(`${stem}${part}`, `[${shape.join(', ')}]`)
    })
    for (let layer = 0; layer < columns / (2 * width); layer++) {
      const name = `${side}layers.${layer}.${kind === 'self' ? 'self' : 'encoder'}_attn.prompt.weight`
      tensors.set(name, { dtype: 'F32', shape: [length, 2 * width], offset: 0, bytes: 8 * length * width })
      this.#computed.set(name, { stem, layer })
    }
  }

  #shape(name: string): readonly number[] {
    return this.#source.tensors.get(name)?.shape ?? this.#refuse(name, 'missing')
  }

  #refuse(name: string, what: string): never {
    throw new GlassformerError('ERR_MODEL_FORMAT', `${this.path}: tensor '${name}' of a prompt is ${what}`)
  }

  /** The keys and values of a layer, [length, 2 · dModel]. */
  #layer({ stem, layer }: Computed): Float32Array {
    const [length, width] = this.#shape(`${stem}${PARTS[0]}`)
    const made = this.#all(stem, length)
    const row = made.length / length
    return Float32Array.from({ length: length * 2 * width }, (_, i) => {
      const column = layer * 2 * width + (i % (2 * width))
      return made[Math.floor(i / (2 * width)) * row + column]
    })
  }

  /** The keys and values of all layers, [length, layers · 2 · dModel]. */
  #all(stem: string, length: number): Float64Array {
    const known = this.#made.get(stem)
    if (known) return known
    const [embedding, w1, b1, w2, b2] = PARTS.map((part) => this.#values(`${stem}${part}`))
    const inner = linear(embedding, length, w1, b1).map((x) => x * normalDistribution(x))
    const made = linear(inner, length, w2, b2)
    this.#made.set(stem, made)
    return made
  }

  #values(name: string): Float32Array {
    const values = new Float32Array(entryOf(this.#source.tensors, name).shape.reduce((a, b) => a * b, 1))
    this.#source.readFloats(name, values)
    return values
  }
}

/** x Wᵀ + b in double precision. x [rows, in], weight [outputs, in] → [rows, outputs]. */
function linear(x: Float32Array | Float64Array, rows: number, weight: Float32Array, bias: Float32Array): Float64Array {
  const width = x.length / rows
  return Float64Array.from({ length: rows * bias.length }, (_, at) => {
    const [row, output] = [Math.floor(at / bias.length), at % bias.length]
    let sum = bias[output]
    for (let i = 0; i < width; i++) sum += x[row * width + i] * weight[output * width + i]
    return sum
  })
}

/** Folders of MVP whose prompts are read as keys and values; they are not written again. */
export const mvpPrompts: StoredForm = {
  read: (source) => ([...source.tensors.keys()].some((name) => PROMPT.test(name)) ? new PromptTensors(source) : source),
  write: (tensors) => tensors,
}
