import type { WasmMemory, WasmModule } from './web-assembly.ts'

/** The exports of the kernels in native/wasm/. Addresses are signed integers of 32 bits: `>>> 0` makes offsets of them. */
export interface WasmExports {
  readonly __stack_pointer: { value: number }
  readonly __tls_size?: { readonly value: number }
  __wasm_init_tls?(local: number): void
  /** Runs what C++ runs before main: in the first instance over a memory. */
  _initialize(): void
  /** 0 where there is no such memory. */
  allocate(bytes: number): number
  release(address: number): void
  signatures(): number
  isa(): number
  open_player(threads: number): number
  close_player(player: number): void
  compile(player: number, words: number, weights: number): number
  /** Returns the number of threads that have played. */
  play(
    player: number,
    program: number,
    threads: number,
    rows: number,
    rowCount: number,
    arrays: number,
    bound: number,
    times: number,
  ): number
  pack(
    encoding: number,
    panels: number,
    words: number,
    scales: number,
    sums: number,
    first: number,
    count: number,
    width: number,
    values: number,
    fromScales: number,
  ): void
  run_thread(start: number): void
  end_thread(start: number): void
}

/** The kernels as they have been compiled. */
export interface WasmBuild {
  readonly module: WasmModule
  /** The path or URL of the module's file. */
  readonly binary: string
  /** Every instruction set for which there is a build that this engine can run, lowest first. */
  readonly isas: readonly string[]
}

/** A build with a memory: where weights and arrays lie. It can be posted to other threads, whose players then read them in place. */
export interface WasmHome extends WasmBuild {
  readonly memory: WasmMemory
}

/** The argument of `runThread`, by which another thread becomes one of a player's threads. It can be posted. */
export interface ThreadStart {
  readonly module: WasmModule
  readonly memory: WasmMemory
  readonly start: number
  /** Where its stack ends, from where it grows downwards, and where its thread-local data lies. */
  readonly stack: number
  readonly local: number
}

/**
 * Starts a thread that calls `runThread(start)`, and returns without waiting for it. `ended` is to be called when the thread has ended.
 * @throws where no thread can be started
 */
export type StartThread = (start: ThreadStart, ended: () => void) => void
