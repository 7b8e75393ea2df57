import { availableParallelism } from 'node:os'
import { GlassformerError } from '../../base/errors.ts'
import type { Player } from '../backend/interface/backend.ts'
import type { WasmHome } from '../backend/interface/wasm-surface.ts'
import { JsPlayer } from '../backend/js/player.ts'
import { findAddon } from '../backend/native/addon.ts'
import { NativePlayer, type NativePlayerOptions } from '../backend/native/player.ts'
import { wasmIsas } from '../backend/wasm/builds.ts'
import { openHome, startThread } from '../backend/wasm/node/open-home.ts'
import { WasmPlayer } from '../backend/wasm/player.ts'
import type { BackendChoice } from './chosen-backend.ts'
import { opSignatures } from './op-table.ts'

/** How a program is to be played. */
export interface PlayerChoice {
  backend: BackendChoice
  /** The most threads that a play runs on, natively or in WebAssembly. */
  threads: number
  /** On how many of these threads the next play runs; it is called before each play. Default: all of them. */
  threadShare?: () => number
  /** How large matrix products are computed: 'auto' is bfloat16 where the native backend and the CPU support it. Default 'float32'. */
  products?: 'auto' | 'float32' | 'bfloat16'
  /** Where WebAssembly is to have its arrays: the home of a player that has loaded the weights. Default: a new home. */
  home?: WasmHome
}

/**
 * Creates the player of programs. 'native' and 'wasm' throw ERR_BACKEND with every reason why they do not work; 'auto' falls back to
 * WebAssembly, and from there to JavaScript, and its `info.reasons` then has these reasons.
 * @throws GlassformerError ERR_OPTION for bfloat16 where it is not to be had
 */
export function createPlayer(choice: PlayerChoice): Player {
  const { backend, products = 'float32' } = choice
  const ops = opSignatures()
  const { loaded, reasons } = backend === 'auto' ? findAddon(ops) : { loaded: null, reasons: [] }
  if (backend === 'native' || loaded) return createNative(choice, { ops, found: loaded })
  if (products === 'bfloat16') {
    const why = reasons.length ? `, which cannot be loaded: ${reasons.join('; ')}` : ''
    throw new GlassformerError('ERR_OPTION', `products in bfloat16 need the native backend${why}; take 'auto'`)
  }
  return backend === 'js' ? new JsPlayer() : createFallback(choice, ops, reasons)
}

function createNative(
  { threads, threadShare, products = 'float32' }: PlayerChoice,
  addon: Pick<NativePlayerOptions, 'ops' | 'found'>,
): Player {
  if (products !== 'auto') return new NativePlayer({ ...addon, threads, threadShare, products })
  try {
    return new NativePlayer({ ...addon, threads, threadShare, products: 'bfloat16' })
  } catch (error) {
    if (!(error instanceof GlassformerError) || error.code !== 'ERR_OPTION') throw error
    return new NativePlayer({ ...addon, threads, threadShare })
  }
}

/** The instruction set of WebAssembly that GLASSFORMER_ISA names; its other names are of the native backend. */
const wantedIsa = () => wasmIsas.find((isa) => isa === process.env.GLASSFORMER_ISA)

/** WebAssembly; where it does not work and was not asked for, JavaScript. */
function createFallback(
  { backend, threads, threadShare, home: given }: PlayerChoice,
  ops: string[],
  reasons: string[],
): Player {
  const found = given ? { home: given } : openHome(ops, wantedIsa())
  const most = Math.min(threads, availableParallelism())
  if (found.home) return new WasmPlayer({ home: found.home, startThread, threads: most, threadShare, reasons })
  if (backend === 'auto') return new JsPlayer([...reasons, ...found.reasons])
  throw new GlassformerError('ERR_BACKEND', `WebAssembly cannot be loaded: ${found.reasons.join('; ')}`)
}
