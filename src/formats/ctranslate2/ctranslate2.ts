import { GlassformerError, shownJson } from '../../base/errors.ts'
import type { RandomAccess } from '../disk/folder.ts'
import { decodeUtf8 } from '../disk/utf8.ts'

/** Bytes that are read at once: the name and the shape of a variable, mostly. */
const WINDOW = 512

/** Reads numbers and names of a model.bin one after the other; whatever goes on past the end of the file is an error with the offset. */
class Ctranslate2Cursor {
  /** Where the next value lies. */
  at = 0
  readonly #file: RandomAccess
  #window = new Uint8Array(0)
  #start = 0

  constructor(file: RandomAccess) {
    this.#file = file
  }

  u8(what: string): number {
    return this.#view(1, what).getUint8(0)
  }

  u16(what: string): number {
    return this.#view(2, what).getUint16(0, true)
  }

  u32(what: string): number {
    return this.#view(4, what).getUint32(0, true)
  }

  /** A name: a length that counts the zero after it, the bytes, the zero. */
  name(what: string): string {
    const offset = this.at
    const length = this.u16(`the length of ${what}`)
    const bytes = this.#bytes(length, what)
    const name = decodeUtf8(bytes.subarray(0, Math.max(0, length - 1)))
    if (length === 0 || name === null || name.includes('\0') || bytes[length - 1] !== 0)
      throw this.damaged(offset, `${what} is no text with a zero after it`)
    return name
  }

  /** Passes over bytes. */
  skip(bytes: number, what: string): void {
    this.#checkFits(bytes, what)
    this.at += bytes
  }

  damaged(offset: number, what: string): GlassformerError {
    return new GlassformerError('ERR_MODEL_FORMAT', `${this.#file.path}, offset ${offset}: ${what}`)
  }

  #view(bytes: number, what: string): DataView {
    const { buffer, byteOffset } = this.#bytes(bytes, what)
    return new DataView(buffer, byteOffset, bytes)
  }

  #bytes(count: number, what: string): Uint8Array {
    this.#checkFits(count, what)
    if (this.at < this.#start || this.at + count > this.#start + this.#window.length) {
      this.#window = new Uint8Array(Math.min(Math.max(count, WINDOW), this.#file.size - this.at))
      this.#start = this.at
      this.#file.read(this.#window, this.at)
    }
    const from = this.at - this.#start
    this.at += count
    return this.#window.subarray(from, from + count)
  }

  #checkFits(bytes: number, what: string): void {
    if (bytes > this.#file.size - this.at)
      throw this.damaged(
        this.at,
        `${what} takes ${bytes} bytes and the file ends at ${this.#file.size}: it is cut short or damaged; fetch it again`,
      )
  }
}

/** How the values of a variable are stored. */
export type Ctranslate2Dtype = 'float32' | 'int8' | 'int16' | 'int32' | 'float16' | 'bfloat16'

/** A variable of a model.bin: a weight, or an attribute, which is a scalar (no dimension). */
export interface Ctranslate2Variable {
  dtype: Ctranslate2Dtype
  shape: readonly number[]
  /** Where its bytes lie in the file; they have no alignment. */
  offset: number
  bytes: number
}

/** Contents of a model.bin except for the values of its variables. */
export interface Ctranslate2Binary {
  /** The version of the file. */
  version: number
  /** The name of the specification and its revision; before version 2 files have neither. */
  spec: string
  revision: number
  /** Variables by name. An alias has the same object as the variable that it stands for. */
  variables: ReadonlyMap<string, Ctranslate2Variable>
}

/** The newest version of the file that is read. */
const NEWEST = 6

const dtypes = ['float32', 'int8', 'int16', 'int32', 'float16', 'bfloat16'] as const satisfies Ctranslate2Dtype[]

/** The bytes of a value of each dtype. */
export const valueBytes: Readonly<Record<Ctranslate2Dtype, number>> = {
  float32: 4,
  int8: 1,
  int16: 2,
  int32: 4,
  float16: 2,
  bfloat16: 2,
}

/** Before version 4 files say the bytes of a value in place of its dtype. */
const dtypeOfSize: ReadonlyMap<number, Ctranslate2Dtype> = new Map([
  [4, 'float32'],
  [2, 'int16'],
  [1, 'int8'],
])

/** No variable of any model has more dimensions. */
const MOST_DIMENSIONS = 8

/** The bytes of the shortest variable: its name, rank, dtype, and size. */
const SHORTEST = 8

/** Endings of the variables that belong to a quantized matrix. An alias of the matrix is an alias of these too. */
const besideMatrix = ['_scale', '_zero'] as const

/**
 * Reads the descriptions of the variables in a model.bin of CTranslate2, but not their values.
 * @throws GlassformerError ERR_MODEL_FORMAT with the offset, for a file that is damaged or cut short; ERR_UNSUPPORTED for a newer version
 */
export function readCtranslate2(file: RandomAccess): Ctranslate2Binary {
  const cursor = new Ctranslate2Cursor(file)
  const version = cursor.u32('the version of the file')
  if (version === 0) throw cursor.damaged(0, 'the version of the file is 0: this is no model of CTranslate2')
  if (version > NEWEST)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${file.path}, offset 0: the file has the version ${version}, and versions up to ${NEWEST} can be read; convert the model with an older CTranslate2, or use a newer glassformer`,
    )
  const spec = version >= 2 ? cursor.name('the name of the specification') : ''
  const revision = version >= 2 ? cursor.u32('the revision of the specification') : 1
  const variables = readVariables(cursor, version, file)
  if (version >= 3) readAliases(cursor, variables)
  if (cursor.at !== file.size)
    throw cursor.damaged(cursor.at, `${file.size - cursor.at} bytes after the last entry belong to none`)
  return { version, spec, revision, variables }
}

function readVariables(
  cursor: Ctranslate2Cursor,
  version: number,
  file: RandomAccess,
): Map<string, Ctranslate2Variable> {
  const offset = cursor.at
  const count = cursor.u32('the number of variables')
  if (count * SHORTEST > file.size - cursor.at)
    throw cursor.damaged(offset, `${count} variables have no room in a file of ${file.size} bytes`)
  const variables = new Map<string, Ctranslate2Variable>()
  for (let i = 0; i < count; i++) {
    const start = cursor.at
    const name = cursor.name('the name of a variable')
    if (variables.has(name)) throw cursor.damaged(start, `two variables are named ${shownJson(name)}`)
    variables.set(name, readVariable(cursor, version, name))
  }
  return variables
}

function readVariable(cursor: Ctranslate2Cursor, version: number, name: string): Ctranslate2Variable {
  const start = cursor.at
  const what = shownJson(name)
  const rank = cursor.u8(`the rank of ${what}`)
  if (rank > MOST_DIMENSIONS) throw cursor.damaged(start, `${what} has ${rank} dimensions`)
  const shape = Array.from({ length: rank }, () => cursor.u32(`the shape of ${what}`))
  const kind = cursor.u8(`the dtype of ${what}`)
  const dtype = version >= 4 ? dtypes[kind] : dtypeOfSize.get(kind)
  if (dtype === undefined) throw cursor.damaged(cursor.at - 1, `${what} has the unknown dtype or size ${kind}`)
  const size = cursor.u32(`the size of ${what}`)
  const bytes = version >= 4 ? size : size * valueBytes[dtype]
  const needed = shape.reduce((product, length) => product * length, valueBytes[dtype])
  if (bytes !== needed)
    throw cursor.damaged(start, `${what} has ${bytes} bytes where ${dtype} [${shape.join(', ')}] takes ${needed}`)
  const offset = cursor.at
  cursor.skip(bytes, what)
  return { dtype, shape, offset, bytes }
}

/** Adds aliases to the variables. One of an unknown variable stands for nothing, as in CTranslate2. */
function readAliases(cursor: Ctranslate2Cursor, variables: Map<string, Ctranslate2Variable>): void {
  const own = new Set(variables.keys())
  const add = (alias: string, of: string, offset: number) => {
    const variable = variables.get(of)
    if (!variable || variables.get(alias) === variable) return
    if (variables.has(alias))
      throw cursor.damaged(
        offset,
        `the alias ${shownJson(alias)} of ${shownJson(of)} is ${own.has(alias) ? 'a variable' : 'an alias of another'} already`,
      )
    variables.set(alias, variable)
  }
  const count = cursor.u32('the number of aliases')
  for (let i = 0; i < count; i++) {
    const offset = cursor.at
    const alias = cursor.name('an alias')
    const of = cursor.name('the variable of an alias')
    add(alias, of, offset)
    for (const ending of besideMatrix)
      if (!variables.has(`${alias}${ending}`)) add(`${alias}${ending}`, `${of}${ending}`, offset)
  }
}
