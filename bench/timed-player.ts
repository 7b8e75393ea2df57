import type { BackendInfo, Playable, Player, ProgramSpec, WeightStore } from '#dist/backend/backend.js'

/** A player that adds up the time that its programs take, so that what happens around them can be told. */
export class TimedPlayer implements Player {
  seconds = 0
  readonly #player: Player

  constructor(player: Player) {
    this.#player = player
  }

  get info(): BackendInfo {
    return this.#player.info
  }

  load(program: ProgramSpec, weights: WeightStore): Playable {
    const playable = this.#player.load(program, weights)
    return {
      play: (rows, arrays, times) => {
        const began = performance.now()
        playable.play(rows, arrays, times)
        this.seconds += (performance.now() - began) / 1000
      },
    }
  }

  close(): void {
    this.#player.close()
  }
}
