/**
 * The part of WebAssembly's interface that this code uses. TypeScript has these types only in its library for browsers, on which this
 * code must not depend.
 */

/** Compiled code, which can be posted to other threads. */
export type WasmModule = object

/** Memory that threads share. After it has grown, `buffer` is a new view of the same memory; earlier views stay valid. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
  /** Adds pages of 64 KiB, and returns the number before. @throws RangeError if there is too little memory */
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

/** Bytes of a page of memory. */
export const PAGE = 65536
