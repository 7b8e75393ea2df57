import type { Player } from '../backend/backend.ts'
import { JsPlayer } from '../backend/js/player.ts'
import { findAddon } from '../backend/native/addon.ts'
import { NativePlayer } from '../backend/native/player.ts'
import { GlassformerError } from '../errors.ts'
import type { BackendChoice } from './chosen-backend.ts'
import { opSignatures } from './op-table.ts'

/** How a program is to be played. */
export interface PlayerChoice {
  backend: BackendChoice
  /** The most threads that a native play runs on. */
  threads: number
  /** On how many of these threads the next play runs; it is called before each play. Default: all of them. */
  threadShare?: () => number
  /** How large matrix products are computed: 'auto' is bfloat16 where the native backend and the CPU support it. Default 'float32'. */
  products?: 'auto' | 'float32' | 'bfloat16'
}

/**
 * Creates the player of programs. 'native' throws ERR_BACKEND with every reason why native does not work; 'auto' falls back to JavaScript,
 * and its `info.reasons` then has these reasons. @throws GlassformerError ERR_OPTION for bfloat16 where it is not to be had
 */
export function createPlayer({ backend, threads, threadShare, products = 'float32' }: PlayerChoice): Player {
  const ops = opSignatures()
  const reasons = backend === 'auto' ? findAddon(ops).reasons : []
  if (backend === 'js' || reasons.length) {
    if (products === 'bfloat16') {
      const why = reasons.length ? `, which cannot be loaded: ${reasons.join('; ')}` : ''
      throw new GlassformerError('ERR_OPTION', `products in bfloat16 need the native backend${why}; take 'auto'`)
    }
    return new JsPlayer(reasons)
  }
  if (products !== 'auto') return new NativePlayer({ ops, threads, threadShare, products })
  try {
    return new NativePlayer({ ops, threads, threadShare, products: 'bfloat16' })
  } catch (error) {
    if (!(error instanceof GlassformerError) || error.code !== 'ERR_OPTION') throw error
    return new NativePlayer({ ops, threads, threadShare })
  }
}
