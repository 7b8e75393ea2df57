import type { ThreadStart } from '../interface/wasm-surface.ts'
import { instantiate } from './imports.ts'

/** Makes the calling thread one of a player's threads. Returns when the player is closed. */
export function runThread({ module, memory, start, stack, local }: ThreadStart): void {
  const exports = instantiate(module, memory, { start_thread: () => 0, forget_thread: () => {} })
  exports.__wasm_init_tls?.(local)
  exports.__stack_pointer.value = stack
  exports.run_thread(start)
}
