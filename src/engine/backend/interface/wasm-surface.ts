import type { WasmMemory, WasmModule } from './web-assembly.ts'

/** The exports of the kernels in native/wasm/. Addresses are signed integers of 32 bits; `>>> 0` converts them to offsets. */
export interface WasmExports {
  readonly __stack_pointer: { value: number }
  readonly __tls_size?: { readonly value: number }
  __wasm_init_tls?(local: number): void
  /** Runs the static initializers of C++; called in the first instance over a memory. */
  _initialize(): void
  /** Returns the address, or 0 if the memory cannot grow by as much. */
  allocate(bytes: number): number
  release(address: number): void
  signatures(): number
  isa(): number
  open_player(threads: number): number
  close_player(player: number): void
  compile(player: number, words: number, weights: number): number
  /** Returns the number of threads that took part. */
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
  pack_int4(
    panels: number,
    words: number,
    scales: number,
    first: number,
    count: number,
    groups: number,
    integers: number,
    fromScales: number,
  ): void
  run_thread(start: number): void
  end_thread(start: number): void
}

/** A compiled module of the kernels. */
export interface WasmBuild {
  readonly module: WasmModule
  /** The path or URL of the module's file. */
  readonly binary: string
  /** The instruction sets of all builds that this engine can run, lowest first. */
  readonly isas: readonly string[]
}

/** A build with the memory of weights and arrays. It can be posted to other threads, whose players then read them in place. */
export interface WasmHome extends WasmBuild {
  readonly memory: WasmMemory
}

/** The argument of `runThread`, by which another thread becomes one of a player's threads. It can be posted. */
export interface ThreadStart {
  readonly module: WasmModule
  readonly memory: WasmMemory
  readonly start: number
  /** The end of its stack, which grows downwards, and the address of its thread-local data. */
  readonly stack: number
  readonly local: number
}

/**
 * Starts a thread that calls `runThread(start)`, and returns without waiting for it. `ended` is to be called when the thread has ended.
 * @throws where no thread can be started
 */
export type StartThread = (start: ThreadStart, ended: () => void) => void
