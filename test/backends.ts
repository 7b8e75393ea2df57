import type { Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { findAddon } from '#dist/engine/backend/native/addon.js'
import { NativePlayer } from '#dist/engine/backend/native/player.js'
import type { WasmIsa } from '#dist/engine/backend/wasm/builds.js'
import { openHome, startThread, wasmIsasHere } from '#dist/engine/backend/wasm/node/open-home.js'
import { WasmPlayer, type WasmPlayerOptions } from '#dist/engine/backend/wasm/player.js'
import { opSignatures } from '#dist/engine/program/op-table.js'

/** One way to play programs. */
export interface TestBackend {
  name: string
  make: () => Player
}

const ops = opSignatures()
const { loaded, reasons } = findAddon(ops)

/** GLASSFORMER_TESTED_ISAS names the instruction sets that are to be tested; all of the addon where it is not set. */
const { GLASSFORMER_TESTED_ISAS: tested } = process.env

/** The instruction sets that tests play on, lowest first. */
export const testedIsas: readonly string[] = (loaded?.info.isas ?? []).filter(
  (isa) => !tested || tested.split(' ').includes(isa),
)

/** Why there is no native backend here to be tested; empty where there is. */
export const nativeReasons: readonly string[] =
  loaded && !testedIsas.length ? [`this processor plays on none of ${tested}`] : reasons

/**
 * BLAS computes the same beside any instruction set: it is tested with the lowest one that has it, and with the
 * highest.
 */
const besideBlas = testedIsas.filter((isa) => isa !== 'scalar').filter((_, i, all) => i === 0 || i === all.length - 1)

/** The native backend on every instruction set that this machine has, with BLAS and with our own products, on one and two threads. */
export const nativeBackends: TestBackend[] = testedIsas.flatMap((isa) => {
  const ways = besideBlas.includes(isa) && loaded!.info.blas !== 'none' ? [true, false] : [false]
  return ways.map((blas) => ({
    name: `native ${isa}${blas ? ' with BLAS' : ''}`,
    make: () => new NativePlayer({ ops, isa, blas, threads: blas ? 1 : 2 }),
  }))
})

/** A player of WebAssembly on an instruction set, by default the highest. */
export function makeWasmPlayer({ isa, ...options }: Partial<WasmPlayerOptions> & { isa?: WasmIsa } = {}): WasmPlayer {
  const { home, reasons } = openHome(ops, isa)
  if (!home) throw new Error(reasons.join('; '))
  return new WasmPlayer({ home, startThread, ...options })
}

/** WebAssembly on every instruction set that this engine has and that has been built. */
export const wasmBackends: TestBackend[] = wasmIsasHere().map((isa) => ({
  name: `wasm ${isa}`,
  make: () => makeWasmPlayer({ isa, threads: 2 }),
}))

/** JavaScript, and native on every instruction set that this machine has. Tests of WebAssembly alone are in test/wasm/. */
export const backends: TestBackend[] = [{ name: 'js', make: () => new JsPlayer() }, ...nativeBackends]

/** Native with products rounded to bfloat16, on each instruction set that can. */
export const bfloat16Backends: TestBackend[] = loaded?.info.bfloat16
  ? testedIsas
      .filter((isa) => isa === 'avx512bf16' || isa === 'amx')
      .map((isa) => ({
        name: `native bfloat16 ${isa}`,
        make: () => new NativePlayer({ ops, products: 'bfloat16', isa }),
      }))
  : []
