import { GlassformerError, messageOf } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import type { WasmHome } from '../../engine/backend/interface/wasm-surface.ts'
import { type WasmModule, webAssembly } from '../../engine/backend/interface/web-assembly.ts'
import { JsPlayer } from '../../engine/backend/js/player.ts'
import { availableWasmIsas, type WasmIsa } from '../../engine/backend/wasm/builds.ts'
import { instanceIn, newHome } from '../../engine/backend/wasm/instance.ts'
import { WasmPlayer } from '../../engine/backend/wasm/player.ts'
import { opSignatures } from '../../engine/program/op-table.ts'
import { fetchBinary } from './loading/fetch-binary.ts'
import type { ResolvedWebOptions } from './loading/load-options.ts'
import { startThread } from './start-thread.ts'

declare const crossOriginIsolated: boolean | undefined

/** Settings of the players of a model. */
type WebPlayerChoice = Pick<ResolvedWebOptions, 'backend' | 'threads' | 'wasm' | 'cache'>

/**
 * A factory of players of a model, all over one memory: WebAssembly, or JavaScript, whose `info.reasons` then explain
 * why not WebAssembly.
 * @throws GlassformerError ERR_BACKEND if 'wasm' is asked for and does not work
 */
export async function playerMaker({ backend, threads, wasm, cache }: WebPlayerChoice): Promise<() => Player> {
  if (backend === 'js') return () => new JsPlayer()
  const { home, reasons } = await openHome(wasm, cache)
  if (!home) {
    if (backend === 'auto') return () => new JsPlayer(reasons)
    throw new GlassformerError('ERR_BACKEND', `WebAssembly cannot be loaded: ${reasons.join('; ')}`)
  }
  if (typeof crossOriginIsolated !== 'undefined' && crossOriginIsolated)
    return () => new WasmPlayer({ home, startThread, threads })
  // Memory of a single thread needs no isolation.
  return () => new WasmPlayer({ home, startThread, threads: 1, reasons: threads > 1 ? [NOT_ISOLATED] : [] })
}

const NOT_ISOLATED =
  'one thread: the page is not isolated from other origins, for which it needs Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'

async function openHome(
  wasm: WebPlayerChoice['wasm'],
  cache: boolean,
): Promise<{ home: WasmHome; reasons: string[] } | { home: null; reasons: string[] }> {
  if (!webAssembly) return { home: null, reasons: ['this browser has no WebAssembly'] }
  const isas = availableWasmIsas()
  if (!isas.length) return { home: null, reasons: ['this browser has no vectors or no shared memory of WebAssembly'] }
  const reasons: string[] = []
  const places = 'module' in wasm ? [wasm] : [...isas].reverse().map((isa) => wasm.at[isa])
  for (const place of places) {
    const home = await tryOpen(place, isas, cache)
    if (typeof home !== 'string') return { home, reasons }
    reasons.push(home)
  }
  return { home: null, reasons }
}

/** A memory with the kernels of a module, given or at an address, or the reason why it failed. */
async function tryOpen(
  place: string | { module: WasmModule },
  isas: readonly WasmIsa[],
  cache: boolean,
): Promise<WasmHome | string> {
  const binary = typeof place === 'string' ? place : 'the module of the option wasm'
  try {
    const module =
      typeof place === 'string' ? new (present(webAssembly).Module)(await fetchBinary(place, cache)) : place.module
    const home = newHome({ module, binary, isas })
    const there = instanceIn(home).signatures()
    const other = opSignatures().find((op) => !there.includes(op))
    return other ? `${binary} is of another version: it lacks ${other}` : home
  } catch (error) {
    const why = messageOf(error)
    return why.startsWith(binary) ? why : `${binary} cannot be loaded: ${why}`
  }
}
