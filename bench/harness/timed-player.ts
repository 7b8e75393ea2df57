import type { Arrays, DType, Playable, Player, PlayerInfo, ProgramSpec, WeightStore } from '#dist/backend/backend.js'
import type { Played } from './translating.ts'

/** A player that records which programs it plays, and adds up the time that they take. */
export class TimedPlayer implements Player {
  seconds = 0
  readonly #player: Player
  #played: Played[] | null = null

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
        this.#played?.push({ program, rows: [...rows] })
        const began = performance.now()
        playable.play(rows, arrays, times)
        this.seconds += (performance.now() - began) / 1000
      },
    }
  }

  array<T extends DType>(dtype: T, length: number): Arrays[T] {
    return this.#player.array(dtype, length)
  }

  /** The programs that are played while `run` runs. */
  played(run: () => void): readonly Played[] {
    const played: Played[] = []
    this.#played = played
    run()
    this.#played = null
    return played
  }

  close(): void {
    this.#player.close()
  }
}
