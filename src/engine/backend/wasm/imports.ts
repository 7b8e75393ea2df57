import { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { ThreadStart, WasmExports } from '../interface/wasm-surface.ts'
import { type WasmMemory, type WasmModule, webAssembly } from '../interface/web-assembly.ts'

/** Imports by which an instance starts and forgets threads; see native/wasm/javascript.h. */
export interface ThreadImports {
  start_thread(start: number, stack: number, local: number): number
  forget_thread(start: number): void
}

/** A text that ends at a zero byte. It is copied, because decoders refuse shared memory. */
export function textAt(memory: WasmMemory, address: number): string {
  const bytes = new Uint8Array(memory.buffer)
  const begin = address >>> 0
  return new TextDecoder().decode(bytes.slice(begin, bytes.indexOf(0, begin)))
}

/** Milliseconds that a thread sleeps while it waits for another one. */
const REST = 0.02

/** Whether this thread may block; the main thread of a browser may not. */
let mayWait = true

function rest(memory: WasmMemory): void {
  if (!mayWait) return
  const view = new Int32Array(memory.buffer, 0, 1)
  try {
    Atomics.wait(view, 0, Atomics.load(view, 0), REST)
  } catch {
    mayWait = false
  }
}

/** An instance over a memory. Imports that fail, as WASI's functions for files, are never called. */
export function instantiate(module: WasmModule, memory: WasmMemory, threads: ThreadImports): WasmExports {
  const unused = () => 52 // WASI's error number ENOSYS: not implemented
  const imports = {
    env: { memory },
    glassformer: {
      fail: (code: number, message: number) => {
        throw new GlassformerError(textAt(memory, code) as ErrorCode, textAt(memory, message))
      },
      rest: () => rest(memory),
      ...threads,
    },
    wasi_snapshot_preview1: {
      clock_time_get: (_clock: number, _precision: bigint, at: number) => {
        new DataView(memory.buffer).setBigUint64(at >>> 0, BigInt(Math.round(performance.now() * 1e6)), true)
        return 0
      },
      fd_close: unused,
      fd_seek: unused,
      fd_write: unused,
      fd_fdstat_get: unused,
      proc_exit: unused,
    },
  }
  return new (present(webAssembly).Instance)(module, imports).exports as WasmExports
}

/** Makes the calling thread one of a player's threads. Returns when the player is closed. */
export function runThread({ module, memory, start, stack, local }: ThreadStart): void {
  const exports = instantiate(module, memory, { start_thread: () => 0, forget_thread: () => {} })
  exports.__wasm_init_tls?.(local)
  exports.__stack_pointer.value = stack
  exports.run_thread(start)
}
