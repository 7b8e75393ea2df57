import { GlassformerError } from '../../base/errors.ts'
import type { Playable, Player, TensorArray } from '../backend/interface/backend.ts'
import type { Program } from './program.ts'

/** The part of a loaded program that its callers need: its plays. */
export type PlayedProgram = Pick<LoadedProgram, 'play'>

/** A program in a player: rows and arrays are handed in by name. */
export class LoadedProgram {
  readonly program: Program
  readonly #playable: Playable
  readonly #symbols: string[]
  readonly #bindings: string[]
  /** The values that are handed to the backend, by position; every play uses these arrays again. */
  readonly #rows: Float64Array
  readonly #arrays: TensorArray[]
  /** The record from which `#arrays` was filled. */
  #bound: Readonly<Record<string, TensorArray>> | null = null

  constructor(player: Player, program: Program) {
    const spec = program.compile()
    this.program = program
    this.#symbols = spec.symbols
    this.#bindings = spec.bindings.map(({ name }) => name)
    this.#rows = new Float64Array(this.#symbols.length)
    this.#arrays = new Array(this.#bindings.length).fill(NOTHING)
    this.#playable = player.load(spec, program.weights)
  }

  /**
   * Plays the program; see `Playable.play`. A record of arrays is looked through only when it is another object than at the last play. To
   * change an array, hand in a new record. @throws GlassformerError ERR_SHAPE, also where a symbol or an array is missing.
   */
  play(
    rows: Readonly<Record<string, number>>,
    arrays: Readonly<Record<string, TensorArray>>,
    times?: Float64Array,
  ): void {
    for (let i = 0; i < this.#symbols.length; i++)
      this.#rows[i] = rows[this.#symbols[i]] ?? this.#missing('rows', this.#symbols[i])
    if (arrays !== this.#bound) this.#bind(arrays)
    this.#playable.play(this.#rows, this.#arrays, times)
  }

  /** Seconds of every instruction in one play. */
  profile(rows: Readonly<Record<string, number>>, arrays: Readonly<Record<string, TensorArray>>): Float64Array {
    const times = new Float64Array(this.program.instructions.length)
    this.play(rows, arrays, times)
    return times
  }

  #bind(arrays: Readonly<Record<string, TensorArray>>): void {
    this.#bound = null
    for (let i = 0; i < this.#bindings.length; i++)
      this.#arrays[i] = arrays[this.#bindings[i]] ?? this.#missing('array', this.#bindings[i])
    this.#bound = arrays
  }

  #missing(what: string, name: string): never {
    throw new GlassformerError('ERR_SHAPE', `${this.program.name}: no ${what} given for ${name}`)
  }
}

const NOTHING = new Float32Array(0)
