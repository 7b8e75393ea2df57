import type { Playable, ProgramSpec, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { RecordingPlayer } from '#dist/look/inspect/recording-player.js'

/** A program that ran, and the values of its row symbols. */
export interface Played {
  program: ProgramSpec
  rows: readonly number[]
}

/** A backend that records the programs it runs, and their total time. */
export class TimedPlayer extends RecordingPlayer {
  seconds = 0
  #played: Played[] | null = null

  override load(program: ProgramSpec, weights: WeightStore): Playable {
    const playable = super.load(program, weights)
    return {
      play: (rows, arrays, times) => {
        this.#played?.push({ program, rows: [...rows] })
        const began = performance.now()
        playable.play(rows, arrays, times)
        this.seconds += (performance.now() - began) / 1000
      },
    }
  }

  /** The programs that run during `run`. */
  played(run: () => void): readonly Played[] {
    const played: Played[] = []
    this.#played = played
    run()
    this.#played = null
    return played
  }
}
