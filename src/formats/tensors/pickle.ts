import { GlassformerError } from '../../base/errors.ts'
import { isMap } from '../../base/values/value-class.ts'
import { decodeUtf8 } from '../disk/utf8.ts'

/** A value of a pickle: dictionaries become maps, tuples lists, and globals the results of `find`. */
export type Pickled = null | boolean | number | bigint | string | object

/** The references that a pickle may make beyond plain values. All three functions refuse by throwing. */
export interface PickleWorld {
  /** The class or function with this module and name. */
  find(module: string, name: string): object
  /** The result of calling such a global. */
  call(global: Pickled, args: readonly Pickled[]): Pickled
  /** The object that a persistent id refers to. */
  persistent(id: Pickled): Pickled
}

/**
 * Reads one pickle (Python's protocols 2 to 5) from `bytes`, and returns its value and its end. Only the instructions
 * needed for plain values, lists, tuples, dictionaries and the calls of `world` are known. Any other instruction is
 * refused, and no code is run. `where` names the file in messages; the bytes begin at `offset` of the file.
 * @throws GlassformerError ERR_UNSUPPORTED for a refused instruction; ERR_MODEL_FORMAT for a damaged or truncated
 * pickle; the errors of `world`
 */
export function readPickle(
  bytes: Uint8Array,
  world: PickleWorld,
  where: string,
  offset = 0,
): { value: Pickled; end: number } {
  const machine = new PickleMachine(bytes, world, where, offset)
  for (;;) {
    const code = machine.natural(1)
    if (code === STOP) return { value: machine.pop(), end: machine.position }
    const instruction = instructions.get(code)
    if (!instruction) throw machine.refusal(code)
    instruction(machine)
  }
}

/** A mark on the stack at the beginning of the values of a list, a tuple or a dictionary. */
const MARK = Symbol('mark')

/** The stack, the memo and the position in the bytes. */
class PickleMachine {
  readonly world: PickleWorld
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #where: string
  readonly #offset: number
  readonly #stack: (Pickled | typeof MARK)[] = []
  readonly #memo = new Map<number, Pickled>()
  position = 0

  constructor(bytes: Uint8Array, world: PickleWorld, where: string, offset: number) {
    this.world = world
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#where = where
    this.#offset = offset
  }

  push(value: Pickled): void {
    this.#stack.push(value)
  }

  mark(): void {
    this.#stack.push(MARK)
  }

  pop(): Pickled {
    const value = this.#stack.pop()
    return value === undefined || value === MARK ? this.fail('no value on its stack') : value
  }

  top(): Pickled {
    const value = this.#stack.at(-1)
    return value === undefined || value === MARK ? this.fail('no value on its stack') : value
  }

  /** The values above the last mark. */
  marked(): Pickled[] {
    const mark = this.#stack.lastIndexOf(MARK)
    return mark < 0 ? this.fail('no mark on its stack') : (this.#stack.splice(mark).slice(1) as Pickled[])
  }

  /** The last values, in the order in which they were pushed. */
  last(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  remember(id: number): void {
    this.#memo.set(id, this.top())
  }

  memorize(): void {
    this.remember(this.#memo.size)
  }

  recall(id: number): void {
    const value = this.#memo.get(id)
    this.push(value === undefined ? this.fail(`nothing under number ${id}`) : value)
  }

  /** The offset of the next `size` bytes; the position advances past them. */
  skip(size: number): number {
    const at = this.position
    if (at + size > this.#bytes.length) this.fail('its end: it is cut short')
    this.position += size
    return at
  }

  natural(size: 1 | 2 | 4): number {
    const at = this.skip(size)
    if (size === 1) return this.#bytes[at]
    return size === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true)
  }

  signed(): number {
    return this.#view.getInt32(this.skip(4), true)
  }

  float(): number {
    return this.#view.getFloat64(this.skip(8), false)
  }

  /** A little-endian signed integer of any number of bytes. */
  long(): Pickled {
    const size = this.natural(1)
    const at = this.skip(size)
    let value = 0n
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i])
    const signed = BigInt.asIntN(8 * size, value)
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
  }

  text(size: number): string {
    const at = this.skip(size)
    return decodeUtf8(this.#bytes.subarray(at, at + size)) ?? this.fail('a text that is not UTF-8')
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position)
    if (end < 0) this.fail('a line without an end')
    const line = this.text(end - this.position)
    this.skip(1)
    return line
  }

  fail(what: string): never {
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${this.#where}, offset ${this.#offset + this.position}: the pickle is damaged, for it has ${what}; fetch it again`,
    )
  }

  refusal(code: number): GlassformerError {
    const shown = code > 0x20 && code < 0x7f ? `'${String.fromCharCode(code)}'` : `0x${code.toString(16)}`
    return new GlassformerError(
      'ERR_UNSUPPORTED',
      `${this.#where}, offset ${this.#offset + this.position - 1}: instruction ${shown} of a pickle is refused: only tensors are read, and nothing is run`,
    )
  }
}

const STOP = '.'.charCodeAt(0)

type Instruction = (machine: PickleMachine) => void

/** The known instructions, under their names in Python's pickletools. */
const known: readonly [string | number, Instruction][] = [
  [0x80, (m) => void m.skip(1)], // PROTO
  [0x95, (m) => void m.skip(8)], // FRAME
  ['(', (m) => m.mark()], // MARK
  ['N', (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  ['J', (m) => m.push(m.signed())], // BININT
  ['K', (m) => m.push(m.natural(1))], // BININT1
  ['M', (m) => m.push(m.natural(2))], // BININT2
  [0x8a, (m) => m.push(m.long())], // LONG1
  ['G', (m) => m.push(m.float())], // BINFLOAT
  ['X', (m) => m.push(m.text(m.natural(4)))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.natural(1)))], // SHORT_BINUNICODE
  [')', (m) => m.push([])], // EMPTY_TUPLE
  [0x85, (m) => m.push(m.last(1))], // TUPLE1
  [0x86, (m) => m.push(m.last(2))], // TUPLE2
  [0x87, (m) => m.push(m.last(3))], // TUPLE3
  ['t', (m) => m.push(m.marked())], // TUPLE
  [']', (m) => m.push([])], // EMPTY_LIST
  ['a', (m) => append(m, m.last(1))], // APPEND
  ['e', (m) => append(m, m.marked())], // APPENDS
  ['}', (m) => m.push(new Map())], // EMPTY_DICT
  ['s', (m) => setItems(m, m.last(2))], // SETITEM
  ['u', (m) => setItems(m, m.marked())], // SETITEMS
  ['q', (m) => m.remember(m.natural(1))], // BINPUT
  ['r', (m) => m.remember(m.natural(4))], // LONG_BINPUT
  [0x94, (m) => m.memorize()], // MEMOIZE
  ['h', (m) => m.recall(m.natural(1))], // BINGET
  ['j', (m) => m.recall(m.natural(4))], // LONG_BINGET
  ['c', (m) => m.push(m.world.find(m.line(), m.line()))], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  ['Q', (m) => m.push(m.world.persistent(m.pop()))], // BINPERSID
  ['R', reduce], // REDUCE
  ['b', build], // BUILD
]

const instructions: ReadonlyMap<number, Instruction> = new Map(
  known.map(([code, run]) => [typeof code === 'string' ? code.charCodeAt(0) : code, run]),
)

function append(machine: PickleMachine, values: readonly Pickled[]): void {
  const list = machine.top()
  if (!Array.isArray(list)) machine.fail('values for a list, and no list')
  for (const value of values) (list as Pickled[]).push(value)
}

function setItems(machine: PickleMachine, values: readonly Pickled[]): void {
  const map = machine.top()
  if (!isMap(map) || values.length % 2) machine.fail('entries for a dictionary, and no dictionary')
  for (let i = 0; i < values.length; i += 2) (map as Map<Pickled, Pickled>).set(values[i], values[i + 1])
}

function stackGlobal(machine: PickleMachine): void {
  const [module, name] = machine.last(2)
  if (typeof module !== 'string' || typeof name !== 'string') machine.fail('a global whose name is no text')
  machine.push(machine.world.find(module as string, name as string))
}

function reduce(machine: PickleMachine): void {
  const [global, args] = machine.last(2)
  if (!Array.isArray(args)) machine.fail('a call without arguments')
  machine.push(machine.world.call(global, args as Pickled[]))
}

/** Attributes of a dictionary do not concern tensors. Other values have none. */
function build(machine: PickleMachine): void {
  machine.pop()
  if (!isMap(machine.top())) machine.fail('attributes of what is no dictionary')
}
