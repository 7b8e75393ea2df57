import { allocated } from '../../../base/allocated.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, lastOf, present } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorToWrite } from '../../../formats/tensors/safetensors-writer.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { StoredForm } from './family.ts'

// GPT-2's linears (Conv1D) are stored as [inputs, outputs], and those of queries, keys and values as one.

const LINEAR =
  /\bh\.\d+\.(?:attn\.c_attn|crossattention\.(?:c|q)_attn|(?:crossattention|attn|mlp)\.c_proj|mlp\.c_fc)\.(weight|bias)$/
const JOINT = /\battn\.c_attn\./
const parts = ['query', 'key', 'value'] as const
/** Keys and values of attention to a source; its queries are apart. */
const SOURCE_JOINT = /\bcrossattention\.c_attn\./
/** Masks of old files. */
const MASK = /\bh\.\d+\.(?:attn|crossattention)\.(?:masked_)?bias$/

/** GPT-2's tensors as [outputs, inputs], with queries, keys and values apart, and the form in which they are stored. */
export const gpt2Tensors: StoredForm = { read: (source) => new Gpt2Tensors(source), write }

/** A tensor made of a stored one: `part` of `of` in the outputs of `stored`, turned where it is a matrix. */
interface Made {
  stored: string
  part: number
  of: number
}

class Gpt2Tensors implements TensorSource {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #source: TensorSource
  readonly #made = new Map<string, Made>()
  /** The tensor that was made last. */
  #last: { name: string; values: Float32Array } | null = null

  constructor(source: TensorSource) {
    this.#source = source
    this.path = source.path
    const tensors = new Map<string, TensorEntry>()
    for (const [name, entry] of source.tensors) {
      if (MASK.test(name)) continue
      // Matrices that `quantize` has written are turned already.
      if (!LINEAR.test(name) || entry.dtype === 'I8') tensors.set(name, entry)
      else this.#add(tensors, name, entry)
    }
    this.tensors = tensors
  }

  #add(tensors: Map<string, TensorEntry>, name: string, entry: TensorEntry): void {
    const { shape, bytes } = entry
    const joint = SOURCE_JOINT.test(name) ? parts.slice(1) : JOINT.test(name) ? parts : []
    const of = Math.max(1, joint.length)
    const outputs = lastOf(shape) / of
    if (shape.length > 2 || !Number.isInteger(outputs))
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${this.path}: tensor '${name}' [${shape.join(', ')}] is no linear`,
      )
    for (let part = 0; part < of; part++) {
      const made = of === 1 ? name : name.replace('c_attn', joint[part])
      this.#made.set(made, { stored: name, part, of })
      tensors.set(made, {
        ...entry,
        shape: shape.length === 1 ? [outputs] : [outputs, shape[0]],
        bytes: bytes / of,
        strides: undefined,
      })
    }
  }

  readFloats(name: string, into: Float32Array): void {
    const made = this.#made.get(name)
    if (!made) return this.#source.readFloats(name, into)
    const values = this.#valuesOf(name, made)
    if (into.length !== values.length)
      throw new GlassformerError('ERR_SHAPE', `tensor '${name}' has ${values.length} values, its place ${into.length}`)
    into.set(values)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array): void {
    const made = this.#made.get(name)
    if (!made || !isArrayOf<Float32Array>(Float32Array, into)) return this.#source.readPart(name, first, into)
    into.set(this.#valuesOf(name, made).subarray(first, first + into.length))
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#source.readIntegers(name)
  }

  close(): void {
    this.#last = null
    this.#source.close()
  }

  #valuesOf(name: string, { stored, part, of }: Made): Float32Array {
    if (this.#last?.name === name) return this.#last.values
    const { shape } = entryOf(this.#source.tensors, stored)
    const [inputs, outputs] = shape.length === 1 ? [1, shape[0]] : shape
    const whole = allocated(4 * inputs * outputs, () => new Float32Array(inputs * outputs))
    this.#source.readFloats(stored, whole)
    const own = outputs / of
    const values = allocated(4 * inputs * own, () => new Float32Array(inputs * own))
    for (let o = 0; o < own; o++)
      for (let i = 0; i < inputs; i++) values[o * inputs + i] = whole[i * outputs + part * own + o]
    this.#last = { name, values }
    return values
  }
}

/** The tensors as GPT-2's folders have them. */
function* write(tensors: Iterable<TensorToWrite>): Generator<TensorToWrite> {
  const waiting = new Map<string, TensorToWrite[]>()
  for (const tensor of tensors) {
    const joint = tensor.name.replace(/\battn\.(?:query|key|value)\./, 'attn.c_attn.')
    if (!LINEAR.test(joint)) yield tensor
    else if (!JOINT.test(joint)) yield turned(joint, [tensor])
    else {
      const own = [...(waiting.get(joint) ?? []), tensor]
      waiting.set(joint, own)
      if (own.length === parts.length) yield turned(joint, inOrder(own))
    }
  }
}

const inOrder = (tensors: readonly TensorToWrite[]) =>
  parts.map((part) => present(tensors.find(({ name }) => name.includes(`.${part}.`))))

/** Matrices [outputs, inputs] side by side, as [inputs, all outputs]; biases one after the other. */
function turned(name: string, tensors: readonly TensorToWrite[]): TensorToWrite {
  const { shape, dtype } = tensors[0]
  const [own, inputs] = shape.length === 1 ? [shape[0], 1] : shape
  const outputs = own * tensors.length
  const values = allocated(4 * inputs * outputs, () => new Float32Array(inputs * outputs))
  for (const [part, tensor] of tensors.entries())
    for (let o = 0; o < own; o++)
      for (let i = 0; i < inputs; i++) values[i * outputs + part * own + o] = Number(tensor.values[o * inputs + i])
  return { name, shape: shape.length === 1 ? [outputs] : [inputs, outputs], dtype, values } as TensorToWrite
}
