import { allocated } from '../../../base/allocated.ts'
import { errorCodes, GlassformerError } from '../../../base/errors.ts'
import {
  type Arrays,
  arrayTypes,
  type DType,
  type Mapping,
  type Packing,
  type Playable,
  type Player,
  type PlayerInfo,
  type ProgramSpec,
  type TensorArray,
  type WeightStore,
} from '../interface/backend.ts'
import { type Addon, type AddonPlayer, type LoadedAddon, loadAddon } from './addon.ts'

export interface NativePlayerOptions {
  /** Signatures of the ops that programs may use (engine/program/declaration.ts): an addon that lacks one of them is refused. */
  ops: Iterable<string>
  /** The addon, where it has been found. Default: the first that has these ops. */
  found?: LoadedAddon | null
  /** Maximum number of threads of a play, from 1; never more than the cores that this process may use. Default 1. */
  threads?: number
  /** The number of these threads on which the next play runs, from 1; called before each play. Default: all. */
  threadShare?: () => number
  /**
   * 'scalar', 'avx2', 'avxvnni' (multiplies int8 weights as bytes), 'avx512', 'avx512vnni' (as bytes), 'avx512bf16' (also multiplies
   * bfloat16 weights by pairs, with rows rounded to bfloat16) or 'amx' (both by tiles); on arm64 'neon' or 'neondot' (as bytes).
   * Default: GLASSFORMER_ISA, else the highest that this machine has. Products with int8 weights have the same bits on all of them; with
   * bfloat16 weights they differ by roundings.
   */
  isa?: string
  /**
   * Whether BLAS computes matrix products; with false our own kernels do. Default: true, unless GLASSFORMER_BLAS is 'off'. A build without
   * BLAS has false.
   */
  blas?: boolean
  /**
   * 'bfloat16': the factors of large products (from 128 rows on, and all products of gradients) are rounded to bfloat16; sums,
   * weights and everything else stay float32. Default 'float32'.
   */
  products?: 'float32' | 'bfloat16'
}

/** Bytes of a line of the caches, and of a huge page. */
const LINE = 64
const HUGE_PAGE = 2 ** 21

/** Plays programs with the addon's kernels, a whole program in one call. */
export class NativePlayer implements Player {
  readonly info: PlayerInfo
  readonly packing: Packing
  readonly mapping: Mapping
  readonly #addon: Addon
  readonly #player: AddonPlayer
  readonly #threadShare: () => number

  /**
   * @throws GlassformerError ERR_BACKEND with every reason why no addon can be loaded; ERR_OPTION for an instruction set that this machine
   * lacks (the message names the others), for a GLASSFORMER_BLAS other than 'off' and 'auto', for a wrong number of threads, or for
   * bfloat16 if the instruction set lacks it.
   */
  constructor(options: NativePlayerOptions) {
    const { addon, info, binary, passedOver } = options.found ?? loadAddon(options.ops)
    const threads = options.threads ?? 1
    const isa = options.isa ?? (process.env.GLASSFORMER_ISA || undefined)
    const blas = options.blas ?? wantsBlas()
    const { products = 'float32', threadShare = () => threads } = options
    this.#addon = addon
    this.#threadShare = threadShare
    this.#player = translated(() => new addon.Player({ threads, isa, blas, products }))
    this.packing = {
      store: (floats) => {
        // The store has whole huge pages only: reading data in ordinary pages takes up to twice as long.
        const step = 4 * floats < HUGE_PAGE ? LINE : HUGE_PAGE
        const pages = this.#aligned('float32', Math.ceil((4 * floats) / step) * (step / 4), SharedArrayBuffer, step)
        translated(() => addon.prepare(pages))
        return pages.subarray(0, floats)
      },
      packRows: (packed, first, count, values) => translated(() => addon.packRows(packed, first, count, values)),
      packQuantized: (packed, first, { values, scales }) =>
        translated(() => addon.packQuantized(packed, first, values, scales)),
      packInt4: (packed, first, count, { integers, scales }) =>
        translated(() => addon.packInt4(packed, first, count, integers, scales)),
    }
    this.mapping = {
      map: (path, offset, floats) => {
        const memory = translated(() => addon.mapFile(path, offset, 4 * floats))
        return memory && new Float32Array(memory)
      },
      checksum: (values) => translated(() => addon.checksum(values)),
      forget: (values) => translated(() => addon.forget(values)),
    }
    this.info = {
      backend: 'native',
      binary,
      blas: blas && this.#player.isa !== 'scalar' ? info.blas : 'none',
      isa: this.#player.isa,
      isas: info.isas,
      threads: this.#player.threads,
      products,
      reasons: [],
      passedOver,
    }
  }

  load(program: ProgramSpec, weights: WeightStore): Playable {
    const player = this.#player
    const threadShare = this.#threadShare
    const most = this.info.threads
    const id = translated(() => player.compile(program, weights.values))
    return {
      play(rows: Float64Array, arrays: readonly TensorArray[], times?: Float64Array): void {
        translated(() => player.play(id, rows, Math.min(threadShare(), most), times, ...arrays))
      },
    }
  }

  array<T extends DType>(dtype: T, length: number): Arrays[T] {
    // Memory of JavaScript seldom begins at a cache line, and a load that crosses two lines takes twice as long.
    return this.#aligned(dtype, length, ArrayBuffer, LINE)
  }

  /** An array that begins at an address that is a multiple of `step`. */
  #aligned<T extends DType>(
    dtype: T,
    length: number,
    Memory: new (bytes: number) => ArrayBufferLike,
    step: number,
  ): Arrays[T] {
    const bytes = length * arrayTypes[dtype].BYTES_PER_ELEMENT
    const memory = allocated(bytes, () => new Memory(bytes + step))
    // A view of the beginning suffices to find the address; Node.js 20 has no view of more than 2³² − 1 bytes.
    const start = new Uint8Array(memory, 0, Math.min(step, memory.byteLength))
    const at = translated(() => this.#addon.firstMultiple(start, step))
    return new arrayTypes[dtype](memory, at, length)
  }

  close(): void {
    this.#player.close()
  }
}

function wantsBlas(): boolean {
  const value = process.env.GLASSFORMER_BLAS || 'auto'
  if (value === 'off' || value === 'auto') return value === 'auto'
  throw new GlassformerError('ERR_OPTION', `GLASSFORMER_BLAS is '${value}'; it may be 'auto' or 'off'`)
}

/** Calls the addon; its errors become GlassformerErrors. */
function translated<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    const code = errorCodes.find((known) => known === (error as { code?: unknown }).code)
    if (!code) throw error
    throw new GlassformerError(code, (error as Error).message, { cause: error })
  }
}
