import type {
  Arrays,
  DType,
  Playable,
  Player,
  PlayerInfo,
  ProgramSpec,
  TensorArray,
  WeightStore,
} from '../../engine/backend/interface/backend.ts'

/** A recorded run: its bindings, and a function that repeats it. */
export interface RecordedPlay {
  rows: Readonly<Record<string, number>>
  arrays: Readonly<Record<string, TensorArray>>
  /** Repeats the run; returns the seconds of each instruction. */
  again(): Float64Array
}

/**
 * Keeps the last run of each program, by the program's name. So the listing shows the decoder's real bindings, and no
 * code duplicates them. Arrays are not copied, so read them before the next run.
 */
export class RecordingPlayer implements Player {
  readonly plays = new Map<string, RecordedPlay>()
  readonly #player: Player

  constructor(player: Player) {
    this.#player = player
  }

  get info(): PlayerInfo {
    return this.#player.info
  }

  load(program: ProgramSpec, weights: WeightStore): Playable {
    const playable = this.#player.load(program, weights)
    return {
      play: (rows, arrays, times) => {
        playable.play(rows, arrays, times)
        const again = { rows: rows.slice(), arrays: [...arrays] }
        this.plays.set(program.name, {
          rows: Object.fromEntries(program.symbols.map((symbol, i) => [symbol, rows[i]])),
          arrays: Object.fromEntries(program.bindings.map(({ name }, i) => [name, arrays[i]])),
          again() {
            const seconds = new Float64Array(program.instructions.length)
            playable.play(again.rows, again.arrays, seconds)
            return seconds
          },
        })
      },
    }
  }

  array<T extends DType>(dtype: T, length: number): Arrays[T] {
    return this.#player.array(dtype, length)
  }

  close(): void {
    this.#player.close()
  }
}
