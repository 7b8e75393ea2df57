import type { Packing } from '#dist/engine/backend/interface/backend.js'
import { createPlayer } from '#dist/engine/program/create-player.js'
import { javascriptPacking } from '#dist/engine/weights/pack.js'

/** The packing that workers apply to weights, with the layout that kernels read fastest. */
export const packing: Packing = createPlayer({ backend: 'auto', threads: 1 }).packing ?? javascriptPacking
