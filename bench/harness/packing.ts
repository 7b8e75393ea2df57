import type { Packing } from '#dist/engine/backend/backend.js'
import { createPlayer } from '#dist/engine/program/create-player.js'
import { javascriptPacking } from '#dist/engine/weights/pack.js'

/** The packing with which workers pack weights, and lay them where kernels read them fastest. */
export const packing: Packing = createPlayer({ backend: 'auto', threads: 1 }).packing ?? javascriptPacking
