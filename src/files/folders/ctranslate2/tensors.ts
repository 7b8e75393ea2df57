import { allocated } from '../../../base/allocated.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import {
  type Ctranslate2Dtype,
  type Ctranslate2Variable,
  valueBytes,
} from '../../../formats/ctranslate2/ctranslate2.ts'
import type { OpenFile } from '../../../formats/disk/folder.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import { TensorFile, type TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { scalesOf } from '../tensors/quantized.ts'
import type { VariablePart } from './names.ts'
import { Ctranslate2Variables } from './variables.ts'

/** How the values of a variable come out. */
const readAs: Readonly<Record<Ctranslate2Dtype, string>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int8: 'I8',
  int16: 'F32',
  int32: 'I32',
}

/** By what older files multiply a matrix of int16, which do not say it. */
const OLD_SCALE = 1000

/** The values of int16 that are read at once. */
const CHUNK = 1 << 16

/** A matrix of int16, whose values come out as floats. */
interface Wide {
  variable: Ctranslate2Variable
  /** By what the values were multiplied. */
  scale: number
}

/**
 * The weights of a model.bin under the names of the model that is made of them. Rows that lie below one another in one variable are tensors
 * of their own. A matrix of int8 stays one: the scales that CTranslate2 divides by come out as those that rows are multiplied by. A matrix of
 * int16 comes out as floats.
 */
export class Ctranslate2Tensors implements TensorSource {
  readonly path: string
  readonly describedBy = 'its own attributes'
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #file: TensorFile
  readonly #wide = new Map<string, Wide>()
  readonly #asFloat = new Set<string>()
  /** Scales of the rows of a matrix of int8, by the names of their tensors: where they lie, and how many there are. */
  readonly #scales = new Map<string, { stored: string; first: number; rows: number; isOne: boolean }>()

  /**
   * `namesOf` tells which weights the variables hold, and the file is closed with this object. Matrices of int8 whose names are in `floats`
   * come out as floats.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED
   */
  constructor(
    file: OpenFile,
    namesOf: (variables: Ctranslate2Variables) => ReadonlyMap<string, VariablePart>,
    floats: readonly string[] = [],
  ) {
    this.path = file.path
    const entries = new Map<string, TensorEntry>()
    this.#file = new TensorFile(file, () => {
      const variables = new Ctranslate2Variables(file)
      const stored = new Map<string, TensorEntry>()
      for (const [name, part] of namesOf(variables)) this.#add(name, part, variables, { entries, stored })
      return stored
    })
    for (const name of floats) this.#asFloats(name, entries)
    this.tensors = entries
  }

  #add(
    name: string,
    { variable: of, part, parts }: VariablePart,
    variables: Ctranslate2Variables,
    { entries, stored }: { entries: Map<string, TensorEntry>; stored: Map<string, TensorEntry> },
  ): void {
    const variable = entryOf(variables.named, of)
    const rows = (variable.shape[0] ?? 1) / parts
    if (!Number.isInteger(rows))
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${this.path}, offset ${variable.offset}: '${of}' [${variable.shape.join(', ')}] cannot be cut into ${parts}`,
      )
    const shape = [rows, ...variable.shape.slice(1)]
    const count = shape.reduce((product, length) => product * length, 1)
    const bytes = count * valueBytes[variable.dtype]
    const offset = variable.offset + part * bytes
    const dtype = readAs[variable.dtype]
    if (variable.dtype === 'int16') {
      entries.set(name, { dtype, shape, offset, bytes: 4 * count })
      stored.set(name, { dtype: 'I8', shape: [bytes], offset, bytes })
      this.#wide.set(name, { variable, scale: this.#scaleOfWide(`${of}_scale`, variables) })
      return
    }
    const entry = { dtype, shape, offset, bytes }
    entries.set(name, entry)
    stored.set(name, entry)
    const scales = variables.named.get(`${of}_scale`)
    if (variable.dtype !== 'int8' || !scales) return
    const isOne = scales.bytes === 4
    if (scales.dtype !== 'float32' || (!isOne && scales.bytes !== 4 * rows * parts))
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${this.path}, offset ${scales.offset}: '${of}_scale' is ${scales.dtype} [${scales.shape.join(', ')}], not float32 [${rows * parts}]`,
      )
    entries.set(scalesOf(name), { dtype: 'F32', shape: [rows], offset: scales.offset, bytes: 4 * rows })
    const at = `${of}_scale`
    stored.set(at, { dtype: 'F32', shape: [scales.bytes / 4], offset: scales.offset, bytes: scales.bytes })
    this.#scales.set(scalesOf(name), { stored: at, first: isOne ? 0 : part * rows, rows, isOne })
  }

  #asFloats(name: string, entries: Map<string, TensorEntry>): void {
    const entry = entries.get(name)
    if (entry?.dtype !== 'I8') return
    entries.set(name, { ...entry, dtype: 'F32', bytes: 4 * entry.bytes })
    entries.delete(scalesOf(name))
    this.#asFloat.add(name)
  }

  /** By what a matrix of int16 was multiplied. */
  #scaleOfWide(name: string, variables: Ctranslate2Variables): number {
    const scale = variables.number(name) ?? OLD_SCALE
    if (scale > 0 && Number.isFinite(Math.fround(1 / scale))) return scale
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${this.path}, offset ${entryOf(variables.named, name).offset}: '${name}' is ${scale}; a scale is a positive number`,
    )
  }

  readFloats(name: string, into: Float32Array): void {
    if (this.#asFloat.has(name)) this.#readAsFloat(name, 0, into)
    else if (this.#scales.has(name)) this.#readScales(name, 0, into)
    else if (this.#wide.has(name)) this.#readWide(name, 0, into)
    else this.#file.readFloats(name, into)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array): void {
    if (this.#asFloat.has(name)) this.#readAsFloat(name, first, into as Float32Array)
    else if (this.#scales.has(name)) this.#readScales(name, first, into as Float32Array)
    else if (this.#wide.has(name)) this.#readWide(name, first, into as Float32Array)
    else this.#file.readPart(name, first, into)
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#file.readIntegers(name)
  }

  close(): void {
    this.#file.close()
  }

  /** Values [first, first + into.length) of a matrix of int8, each times the scale of its row. */
  #readAsFloat(name: string, first: number, into: Float32Array): void {
    const integers = new Int8Array(into.length)
    this.#file.readPart(name, first, integers)
    const { rows } = entryOf(this.#scales, scalesOf(name))
    const scales = new Float32Array(rows)
    this.#readScales(scalesOf(name), 0, scales)
    const width = entryOf(this.#file.tensors, name).bytes / rows
    for (let i = 0; i < into.length; i++) into[i] = integers[i] * scales[Math.floor((first + i) / width)]
  }

  /** A value is its integer ÷ the stored scale. */
  #readScales(name: string, begin: number, into: Float32Array): void {
    const { stored, first, isOne } = entryOf(this.#scales, name)
    const scales = isOne ? new Float32Array(1) : into
    this.#file.readPart(stored, isOne ? 0 : first + begin, scales)
    const wrong = scales.findIndex((scale) => !(scale > 0 && Number.isFinite(Math.fround(1 / scale))))
    if (wrong >= 0)
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${this.path}: '${stored}' is ${scales[wrong]} at index ${isOne ? 0 : first + begin + wrong}; a scale is a positive number (the variable is at offset ${entryOf(this.#file.tensors, stored).offset})`,
      )
    for (let i = 0; i < into.length; i++) into[i] = 1 / (isOne ? scales[0] : into[i])
  }

  #readWide(name: string, first: number, into: Float32Array): void {
    const { scale } = entryOf(this.#wide, name)
    const integers = allocated(2 * Math.min(CHUNK, into.length), () => new Int16Array(Math.min(CHUNK, into.length)))
    for (let done = 0; done < into.length; done += CHUNK) {
      const part = integers.subarray(0, Math.min(CHUNK, into.length - done))
      this.#file.readPart(name, 2 * (first + done), new Int8Array(part.buffer, 0, 2 * part.length))
      for (let i = 0; i < part.length; i++) into[done + i] = part[i] / scale
    }
  }
}
