import type { WasmIsa } from '../../../../engine/backend/wasm/builds.ts'
import type { Shown } from './lesson.ts'
import type { Example } from './tasks.ts'

/** Messages to the worker that trains. */
export type ToLesson =
  /** Begins anew; `wasm` are the addresses of the WebAssembly builds. */
  | { type: 'begin'; task: string; seed: number; example: Example; wasm: Readonly<Record<WasmIsa, string>> }
  | { type: 'stop' }
  /** Asks for another example at every picture so far; from now on it is the one that is shown. */
  | { type: 'example'; example: Example }

export type FromLesson =
  | { type: 'begun'; backend: string }
  | { type: 'shown'; shown: Shown; isOver: boolean }
  /** The pictures of another example, in place of all before. */
  | { type: 'shownAnew'; shown: Shown[] }
  | { type: 'failed'; message: string }
