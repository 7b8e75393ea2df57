import { GlassformerError } from '../../../base/errors.ts'
import type {
  Arrays,
  DType,
  Packing,
  Playable,
  Player,
  PlayerInfo,
  ProgramSpec,
  WeightStore,
} from '../interface/backend.ts'
import type { StartThread, WasmHome } from '../interface/wasm-surface.ts'
import { ArrayTable } from './array-table.ts'
import { instanceIn, type WasmInstance } from './instance.ts'
import { packingIn } from './packing.ts'
import { programWords } from './program-words.ts'

export interface WasmPlayerOptions {
  /** The memory of weights and arrays. Players of several threads can share a home. */
  home: WasmHome
  /** Starts a thread; called when a play needs more threads than run. */
  startThread: StartThread
  /** Maximum number of threads of a play, from 1. Default 1. */
  threads?: number
  /** The number of these threads on which the next play runs, from 1; called before each play. Default: all. */
  threadShare?: () => number
  /** The reasons why the native backend is not in use, for `info`. */
  reasons?: readonly string[]
}

/** Closes players that are collected without having been closed, so that their threads end. */
const forgotten = new FinalizationRegistry<() => void>((close) => close())

/**
 * Plays programs with the kernels of WebAssembly, a whole program in one call. Threads join a play as soon as JavaScript has started them;
 * until then plays run on fewer. Arrays that `array` and `packing.store` make are read and written in place; others are copied at each play.
 */
export class WasmPlayer implements Player {
  readonly info: PlayerInfo
  readonly home: WasmHome
  readonly packing: Packing
  readonly #instance: WasmInstance
  readonly #startThread: StartThread
  readonly #threadShare: () => number
  /** The address of the player, 0 once it is closed. */
  #player: number
  /** The addresses of arrays that are freed with the player. */
  readonly #arrays: number[] = []
  readonly #tables: ArrayTable[] = []
  #played = 0

  /** @throws GlassformerError ERR_MEMORY; ERR_OPTION for a wrong number of threads */
  constructor(options: WasmPlayerOptions) {
    const { home, startThread, threads = 1, threadShare = () => threads } = options
    if (!Number.isInteger(threads) || threads < 1)
      throw new GlassformerError('ERR_OPTION', 'threads must be a whole number from 1 on')
    const instance = instanceIn(home)
    const player = instance.guarded((exports) => exports.open_player(threads))
    this.home = home
    this.#instance = instance
    this.#startThread = startThread
    this.#threadShare = threadShare
    this.#player = player
    this.packing = packingIn(instance)
    forgotten.register(this, () => instance.guarded((exports) => exports.close_player(player)), this)
    this.info = {
      backend: 'wasm',
      binary: home.binary,
      blas: 'none',
      isa: instance.text(instance.exports.isa()),
      isas: home.isas,
      threads,
      products: 'float32',
      reasons: options.reasons ?? [],
      passedOver: [],
    }
  }

  load(program: ProgramSpec, weights: WeightStore): Playable {
    const instance = this.#instance
    const id = this.#compile(program, weights.values.length)
    const { symbols, bindings, instructions } = program
    const table = new ArrayTable(instance, program)
    this.#tables.push(table)
    const rowsAt = this.#kept(8 * (symbols.length + 1))
    let timesAt = 0
    return {
      play: (rows, arrays, times) => {
        const player = this.#open()
        if (rows.length !== symbols.length)
          throw new GlassformerError(
            'ERR_SHAPE',
            `${program.name}: rows are given for ${rows.length} symbols, it has ${symbols.length}`,
          )
        if (arrays.length !== bindings.length)
          throw new GlassformerError(
            'ERR_SHAPE',
            `${program.name}: ${arrays.length} arrays are given, ${bindings.length} are bound`,
          )
        if (times) timesAt ||= this.#kept(8 * instructions.length + 8)
        instance.doublesAt(rowsAt, rows.length).set(rows)
        table.fill(rows, weights.values, arrays)
        const threads = Math.min(Math.max(1, this.#threadShare()), this.info.threads)
        const at = times ? timesAt : 0
        this.#played = instance.played(this.#startThread, (exports) =>
          exports.play(player, id, threads, rowsAt, rows.length, table.address, arrays.length, at),
        )
        table.copyBack()
        times?.set(instance.doublesAt(timesAt, instructions.length))
      },
    }
  }

  /** The number of threads of the last play: threads join as soon as they have been started. */
  get threadsOfLastPlay(): number {
    return this.#played
  }

  array<T extends DType>(dtype: T, length: number): Arrays[T] {
    this.#open()
    const array = this.#instance.array(dtype, length)
    this.#arrays.push(array.byteOffset)
    return array
  }

  close(): void {
    if (!this.#player) return
    forgotten.unregister(this)
    const player = this.#player
    this.#player = 0
    this.#instance.guarded((exports) => exports.close_player(player))
    for (const table of this.#tables) table.release()
    for (const address of this.#arrays) this.#instance.release(address)
  }

  #open(): number {
    if (!this.#player) throw new GlassformerError('ERR_CLOSED', 'the player has been closed')
    return this.#player
  }

  /** The address of new bytes, which are freed with the player. */
  #kept(bytes: number): number {
    const address = this.#instance.allocate(bytes)
    this.#arrays.push(address)
    return address
  }

  #compile(program: ProgramSpec, weights: number): number {
    const player = this.#open()
    const words = programWords(program)
    const address = this.#instance.allocate(words.byteLength)
    try {
      this.#instance.doublesAt(address, words.length).set(words)
      return this.#instance.guarded((exports) => exports.compile(player, address, weights))
    } finally {
      this.#instance.release(address)
    }
  }
}
