/**
 * The engine's WebAssembly as far as it is used here. TypeScript has its types only among those of browsers, in which this code must not
 * depend on anything else.
 */

/** Compiled code, which can be posted to other threads. */
export type WasmModule = object

/** Memory that threads share. Each time it has grown, `buffer` is another view of the same memory; earlier views stay valid. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
  /** Adds pages of 64 KiB, and returns how many there were. @throws RangeError where there is no such memory */
  grow(pages: number): number
}

interface Engine {
  Module: new (bytes: Uint8Array) => WasmModule
  Instance: new (module: WasmModule, imports: Record<string, Record<string, unknown>>) => { readonly exports: object }
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory
  validate(bytes: Uint8Array): boolean
}

/** Undefined where WebAssembly is forbidden, as by node --jitless. */
export const webAssembly = (globalThis as unknown as { WebAssembly?: Engine }).WebAssembly

/** The bytes of a page of memory. */
export const PAGE = 65536
