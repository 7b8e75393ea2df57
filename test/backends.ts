import type { Player } from '#dist/backend/backend.js'
import { JsPlayer } from '#dist/backend/js/player.js'

/** Every backend and instruction set that this machine has. */
export const backends: { name: string; make: () => Player }[] = [{ name: 'js', make: () => new JsPlayer() }]
