import type { Player } from '#dist/backend/backend.js'
import { JsPlayer } from '#dist/backend/js/player.js'
import { findAddon } from '#dist/backend/native/addon.js'
import { NativePlayer } from '#dist/backend/native/player.js'
import { opSignatures } from '#dist/program/op-table.js'
import type { TimedRuns } from './interleave.ts'

/** A contender: a column of a table. */
export interface Contender {
  /** The head of its column: 'js', 'native', 'native ×2' (threads), 'tfjs-wasm'. */
  name: string
  /** The full name, for the JSON: 'native', 'js', 'tfjs-cpu 4.22.0'. */
  backend: string
  precision: string
  isa: string
  blas: string
  threads: number
}

/** A contender that plays our programs. */
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

/** JavaScript, and native on one and on two threads where the addon is built; `reasons` tell why it is not. */
export function openContenders(): { contenders: PlayingContender[]; reasons: readonly string[] } {
  const { loaded, reasons } = findAddon(ops)
  const contenders = [playing('js', new JsPlayer())]
  if (!loaded) return { contenders, reasons }
  contenders.push(playing('native', new NativePlayer({ ops, threads: 1 })))
  if (loaded.info.cores > 1) contenders.push(playing('native ×2', new NativePlayer({ ops, threads: 2 })))
  return { contenders, reasons }
}

/** Native without BLAS, to measure our own products; null where native has no BLAS anyway. */
export function openWithoutBlas({ contenders }: { contenders: readonly PlayingContender[] }): PlayingContender | null {
  const native = contenders.find(({ name }) => name === 'native')
  if (!native || native.blas === 'none') return null
  return playing('own GEMM', new NativePlayer({ ops, threads: 1, blas: false }))
}

function playing(name: string, player: Player): PlayingContender {
  const { backend, isa, blas, threads } = player.info
  return { name, backend, precision: 'float32', isa, blas, threads, player }
}
