import { opTable } from '../program/op-table.ts'
import type { Player } from './backend.ts'
import { JsPlayer } from './js/player.ts'
import { findAddon } from './native/addon.ts'
import { NativePlayer } from './native/player.ts'

/**
 * What plays programs: 'native' throws ERR_BACKEND with every reason why it cannot; 'auto' falls back to JavaScript, whose
 * `info.reasons` then tells them.
 */
export function createPlayer({ backend, threads }: { backend: 'auto' | 'native' | 'js'; threads: number }): Player {
  const ops = [...opTable.keys()]
  if (backend === 'native') return new NativePlayer({ ops, threads })
  const reasons = backend === 'auto' ? findAddon(ops).reasons : []
  return backend === 'js' || reasons.length ? new JsPlayer(reasons) : new NativePlayer({ ops, threads })
}
