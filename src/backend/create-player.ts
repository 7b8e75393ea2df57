import { GlassformerError } from '../errors.ts'
import { opTable } from '../program/op-table.ts'
import type { Player } from './backend.ts'
import { JsPlayer } from './js/player.ts'
import { NativePlayer } from './native/player.ts'

/**
 * What plays programs: 'native' throws ERR_BACKEND with every reason why it cannot; 'auto' falls back to JavaScript, whose
 * `info.reasons` then tells them.
 */
export function createPlayer({ backend, threads }: { backend: 'auto' | 'native' | 'js'; threads: number }): Player {
  if (backend === 'js') return new JsPlayer()
  try {
    return new NativePlayer({ threads, ops: [...opTable.keys()] })
  } catch (error) {
    if (backend === 'native' || !(error instanceof GlassformerError) || error.code !== 'ERR_BACKEND') throw error
    return new JsPlayer([error.message])
  }
}
