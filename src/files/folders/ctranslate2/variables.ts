import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_SETTINGS } from '../../../base/limits.ts'
import { floatsFromBfloat16 } from '../../../base/values/bfloat16.ts'
import {
  type Ctranslate2Binary,
  type Ctranslate2Variable,
  readCtranslate2,
} from '../../../formats/ctranslate2/ctranslate2.ts'
import type { OpenFile } from '../../../formats/disk/folder.ts'
import { decodeUtf8 } from '../../../formats/disk/utf8.ts'
import { floatsFromFloat16 } from '../../../formats/tensors/tensor-file.ts'

/**
 * The names that the first revision of a specification has, OpenNMT-tf's, and what stands for each in later ones. Each is replaced once, in
 * this order.
 */
const ofFirstRevision = [
  ['transformer/', ''],
  [':0', ''],
  ['w_embs', 'embeddings/weight'],
  ['kernel', 'weight'],
  ['LayerNorm', 'layer_norm'],
  ['dense', 'projection'],
  ['conv1d_', 'linear_'],
  ['conv1d', 'linear_0'],
] as const

const ofFirstEncoder = [['multi_head', 'self_attention']] as const
const ofFirstDecoder = [
  ['masked_multi_head', 'self_attention'],
  ['multi_head', 'attention'],
] as const

/** The variables of a model.bin under the names of the newest revision, with the values of attributes. */
export class Ctranslate2Variables {
  readonly path: string
  readonly version: number
  readonly spec: string
  readonly revision: number
  readonly named: ReadonlyMap<string, Ctranslate2Variable>
  readonly #file: OpenFile

  /** The file stays open, and is its opener's. @throws GlassformerError as `readCtranslate2` */
  constructor(file: OpenFile) {
    const { version, spec, revision, variables } = readCtranslate2(file)
    this.#file = file
    this.path = file.path
    this.version = version
    this.spec = spec
    this.revision = revision
    this.named = renamed({ spec, revision, variables })
  }

  has(name: string): boolean {
    return this.named.has(name)
  }

  /** The shape of a matrix. @throws GlassformerError ERR_MODEL_FORMAT where the file has no such matrix */
  matrix(name: string): readonly [rows: number, width: number] {
    const variable = this.named.get(name)
    if (!variable) throw this.#fail(`there is no variable '${name}'`)
    const { shape, offset } = variable
    if (shape.length !== 2 || shape.includes(0))
      throw this.#fail(`offset ${offset}: '${name}' [${shape.join(', ')}] is no matrix`)
    return [shape[0], shape[1]]
  }

  /** The number of an attribute; undefined where the file has no such attribute. */
  number(name: string): number | undefined {
    const variable = this.named.get(name)
    if (!variable) return undefined
    const count = variable.shape.reduce((product, length) => product * length, 1)
    if (count !== 1) throw this.#fail(`offset ${variable.offset}: the attribute '${name}' has ${count} values`)
    const bytes = new Uint8Array(variable.bytes)
    this.#file.read(bytes, variable.offset)
    const value = numberIn(new DataView(bytes.buffer), variable.dtype)
    if (Number.isFinite(value)) return value
    throw this.#fail(`offset ${variable.offset}: the attribute '${name}' is ${value}`)
  }

  /** The text of an attribute, whose characters are the values of a vector of int8. */
  text(name: string): string | undefined {
    const variable = this.named.get(name)
    if (!variable) return undefined
    const { offset, bytes: length } = variable
    if (length > LARGEST_SETTINGS) throw this.#fail(`offset ${offset}: the attribute '${name}' has ${length} bytes`)
    const bytes = new Uint8Array(length)
    this.#file.read(bytes, offset)
    const text = decodeUtf8(bytes)
    if (text === null) throw this.#fail(`offset ${offset}: the attribute '${name}' is not UTF-8`)
    return text
  }

  /** How many layers the stack of this name has. */
  layers(stack: string): number {
    let most = 0
    const layer = new RegExp(`^${stack}/layer_(\\d{1,6})/`)
    for (const name of this.named.keys()) {
      const found = layer.exec(name)
      if (found) most = Math.max(most, Number(found[1]) + 1)
    }
    return most
  }

  #fail(what: string): GlassformerError {
    return new GlassformerError('ERR_MODEL_FORMAT', `${this.path}: ${what}`)
  }
}

function numberIn(view: DataView, dtype: Ctranslate2Variable['dtype']): number {
  switch (dtype) {
    case 'float32':
      return view.getFloat32(0, true)
    case 'int8':
      return view.getInt8(0)
    case 'int16':
      return view.getInt16(0, true)
    case 'int32':
      return view.getInt32(0, true)
    case 'float16':
      return half(view, floatsFromFloat16)
    case 'bfloat16':
      return half(view, floatsFromBfloat16)
  }
}

function half(view: DataView, convert: (halves: Uint16Array, into: Float32Array) => boolean): number {
  const value = new Float32Array(1)
  convert(Uint16Array.of(view.getUint16(0, true)), value)
  return value[0]
}

function renamed({
  spec,
  revision,
  variables,
}: Pick<Ctranslate2Binary, 'spec' | 'revision' | 'variables'>): ReadonlyMap<string, Ctranslate2Variable> {
  const isFirst = revision === 1 && ['', 'TransformerBase', 'TransformerBig'].includes(spec)
  const named = new Map<string, Ctranslate2Variable>()
  for (const [name, variable] of variables) named.set(newestName(isFirst ? nameOfFirst(name) : name), variable)
  return named
}

function nameOfFirst(name: string): string {
  const general = replaced(name, ofFirstRevision)
  return replaced(general, general.includes('encoder') ? ofFirstEncoder : ofFirstDecoder)
}

const replaced = (name: string, pairs: readonly (readonly [string, string])[]) =>
  pairs.reduce((result, [before, after]) => result.replace(before, after), name)

/** Older revisions have one embedding of the source, without a number. */
const newestName = (name: string) => name.replace(/^encoder\/embeddings\/(weight.*)$/, 'encoder/embeddings_0/$1')
