import { availableParallelism } from 'node:os'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { findAddon } from '#dist/engine/backend/native/addon.js'
import { NativePlayer } from '#dist/engine/backend/native/player.js'
import { openHome, startThread } from '#dist/engine/backend/wasm/node/open-home.js'
import { WasmPlayer } from '#dist/engine/backend/wasm/player.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import type { TimedRuns } from './interleave.ts'

/** A contender: a column of a table. */
export interface Contender {
  /** The head of its column: 'js', 'wasm', 'native', 'native ×2' (threads), 'tfjs-wasm'. */
  name: string
  /** The full name, for the JSON: 'native', 'wasm', 'js', 'tfjs-cpu 4.22.0'. */
  backend: string
  precision: string
  isa: string
  blas: string
  threads: number
  /** The settings that a peer has found fastest for a case. */
  settings?: string
}

/** A contender that runs our programs. */
export interface PlayingContender extends Contender {
  player: Player
}

/** A contender of another library: it prepares the same work as ours, on data of the same size, [rows, width]. */
export interface Peer extends Contender {
  /** x [rows, inputs] times the transpose of weights [outputs, inputs]. */
  matmul(x: Float32Array, weights: Float32Array, shape: { rows: number; inputs: number; outputs: number }): Prepared
  softmax(x: Float32Array, shape: { rows: number; width: number }): Prepared
}

export interface Prepared {
  run: TimedRuns
  dispose(): void
}

const ops = opSignatures()

/**
 * JavaScript, and WebAssembly and native on one and two threads where they are built; `missing` has a line for each
 * reason why one is not measured.
 */
export function openContenders(): { contenders: PlayingContender[]; missing: readonly string[] } {
  const { loaded, reasons } = findAddon(ops)
  const { home, reasons: withoutWasm } = openHome(ops)
  const several = availableParallelism() > 1 ? [1, 2] : [1]
  const on = (name: string, threads: number) => (threads > 1 ? `${name} ×${threads}` : name)
  const wasm = (threads: number) => playing(on('wasm', threads), new WasmPlayer({ home: home!, startThread, threads }))
  const native = (threads: number) => playing(on('native', threads), new NativePlayer({ ops, threads }))
  const contenders = [
    playing('js', new JsPlayer()),
    ...(home ? several.map(wasm) : []),
    ...(loaded ? several.map(native) : []),
  ]
  const missing = [
    ...reasons.map((why) => `native is not measured: ${why} (npm run build:native)`),
    ...withoutWasm.map((why) => `WebAssembly is not measured: ${why} (npm run prebuilds -- --only wasm)`),
  ]
  return { contenders, missing }
}

/** Native without BLAS, to measure our own products; null where native has no BLAS. */
export function openWithoutBlas({ contenders }: { contenders: readonly PlayingContender[] }): PlayingContender | null {
  const native = contenders.find(({ name }) => name === 'native')
  if (!native || native.blas === 'none') return null
  return playing('own GEMM', new NativePlayer({ ops, threads: 1, blas: false }))
}

function playing(name: string, player: Player): PlayingContender {
  const { backend, isa, blas, threads } = player.info
  return { name, backend, precision: 'float32', isa, blas, threads, player }
}
