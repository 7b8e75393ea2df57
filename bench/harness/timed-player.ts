import type { Playable, ProgramSpec, WeightStore } from '#dist/engine/backend/backend.js'
import { RecordingPlayer } from '#dist/look/inspect/recording-player.js'
import type { Played } from './translating.ts'

/** A player that records which programs it plays, and adds up the time that they take. */
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

  /** The programs that are played while `run` runs. */
  played(run: () => void): readonly Played[] {
    const played: Played[] = []
    this.#played = played
    run()
    this.#played = null
    return played
  }
}
