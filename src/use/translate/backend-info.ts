import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import { mostThreads } from '../../workers/threads/threads.ts'
import type { LoadOptions } from './options/options.ts'
import { resolveLoadOptions } from './options/resolve-load-options.ts'

/**
 * The backend that would run a model loaded with these options on this machine, and the reason why it is not native; no
 * model is loaded.
 * @throws GlassformerError ERR_BACKEND if 'native' is asked for and does not work, ERR_OPTION
 */
export function backendInfo(options: LoadOptions = {}): BackendInfo {
  const { backend, threads, precision } = resolveLoadOptions(options)
  const player = createPlayer({ backend, threads: mostThreads(threads) })
  player.close()
  return { ...player.info, precision }
}
