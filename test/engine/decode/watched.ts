import type { Playable, Player, ProgramSpec } from '#dist/engine/backend/interface/backend.js'

/** A player whose runs go through `around`, which calls `play`. */
export function watched(
  player: Player,
  around: (play: () => void, program: ProgramSpec, rows: Parameters<Playable['play']>[0]) => void,
): Player {
  return {
    ...player,
    info: player.info,
    close: () => player.close(),
    array: (dtype, length) => player.array(dtype, length),
    load(program, weights) {
      const playable = player.load(program, weights)
      return { play: (rows, arrays, times) => around(() => playable.play(rows, arrays, times), program, rows) }
    },
  }
}
