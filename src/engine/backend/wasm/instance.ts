import { GlassformerError, isError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { type Arrays, arrayTypes, type DType } from '../interface/backend.ts'
import type { StartThread, WasmBuild, WasmExports, WasmHome } from '../interface/wasm-surface.ts'
import { PAGE, type WasmMemory, webAssembly } from '../interface/web-assembly.ts'
import { instantiate, textAt } from './imports.ts'

/** Pages of a new memory, and its maximum: 4 GiB, or less where an engine reserves the maximum at once and fails. */
const FIRST_PAGES = 64
const MOST_PAGES = [65535, 32768, 16384, 8192]

/** Pages of the stack of an instance that is not the first; the last page also has its thread-local data. */
const STACK_PAGES = 16

/** The instance of this thread over each memory. */
const instances = new WeakMap<WasmMemory, WasmInstance>()

/** Views of memories; an array over one of them lies in that memory. */
const owners = new WeakMap<ArrayBufferLike, WasmMemory>()

/**
 * A memory with its first instance.
 * @throws GlassformerError ERR_MEMORY if no memory can be reserved
 */
export function newHome(build: WasmBuild): WasmHome {
  const home = { ...build, memory: newMemory() }
  const instance = new WasmInstance(home)
  instance.exports._initialize()
  instance.exports.signatures() // once for all instances, before there are others
  instances.set(home.memory, instance)
  return home
}

function newMemory(): WasmMemory {
  for (const [i, maximum] of MOST_PAGES.entries())
    try {
      return new (present(webAssembly).Memory)({ initial: FIRST_PAGES, maximum, shared: true })
    } catch (cause) {
      if (i + 1 < MOST_PAGES.length) continue
      const why = isError(cause) ? cause.message : String(cause)
      throw new GlassformerError('ERR_MEMORY', `there is no memory for WebAssembly: ${why}`, { cause })
    }
  throw new GlassformerError('ERR_INTERNAL', 'no size of memory is known')
}

/** This thread's instance over the memory of a home, which another thread may have made. */
export function instanceIn(home: WasmHome): WasmInstance {
  const known = instances.get(home.memory)
  if (known) return known
  const instance = new WasmInstance(home)
  instance.takeStack()
  instances.set(home.memory, instance)
  return instance
}

/** A view of a memory of at least `end` bytes. */
export function viewOf(memory: WasmMemory, end: number): SharedArrayBuffer {
  // After another thread has grown the memory, this thread may still have an older view.
  if (memory.buffer.byteLength < end) memory.grow(0)
  const { buffer } = memory
  owners.set(buffer, memory)
  return buffer
}

/** One thread's instance of the kernels over a memory that other threads may share. */
export class WasmInstance {
  readonly home: WasmHome
  readonly exports: WasmExports
  /** The threads that this instance has started, by the addresses of their starts. */
  readonly #threads = new Map<number, symbol>()
  /** Starts the threads of the current play. */
  #startThread: StartThread | null = null

  constructor(home: WasmHome) {
    const { module, memory } = home
    this.home = home
    this.exports = instantiate(module, memory, {
      start_thread: (start, stack, local) => {
        const thread = Symbol(start)
        this.#threads.set(start, thread)
        try {
          present(this.#startThread)({ module, memory, start, stack, local }, () => {
            if (this.#threads.get(start) !== thread) return
            this.#threads.delete(start)
            this.exports.end_thread(start)
          })
          return 1
        } catch {
          this.#threads.delete(start)
          return 0
        }
      },
      forget_thread: (start) => void this.#threads.delete(start),
    })
  }

  /** Allocates the stack and the thread-local data of an instance that is not the first. */
  takeStack(): void {
    const { memory } = this.home
    const local = this.exports.__tls_size?.value ?? 0
    const localPages = Math.ceil(local / PAGE)
    const at = PAGE * memory.grow(STACK_PAGES + localPages)
    this.exports.__wasm_init_tls?.(at)
    this.exports.__stack_pointer.value = at + PAGE * (STACK_PAGES + localPages)
  }

  /** The text at an address, which ends at a zero byte. */
  text(address: number): string {
    return textAt(this.home.memory, address)
  }

  /** The ops that the kernels have: names, order and flags of their operands, as engine/program/declaration.ts writes them. */
  signatures(): string[] {
    return this.text(this.exports.signatures()).trimEnd().split('\n')
  }

  /** Calls exports, and restores the stack pointer after an error. */
  guarded<T>(call: (exports: WasmExports) => T): T {
    const { __stack_pointer: stack } = this.exports
    const { value } = stack
    try {
      return call(this.exports)
    } catch (cause) {
      stack.value = value
      if (cause instanceof GlassformerError) throw cause
      const what = isError(cause) ? cause.message : String(cause)
      throw new GlassformerError('ERR_INTERNAL', `WebAssembly has met a fault: ${what}`, { cause })
    }
  }

  /** As `guarded`, for a play; `startThread` starts the threads that it lacks. */
  played<T>(startThread: StartThread, play: (exports: WasmExports) => T): T {
    this.#startThread = startThread
    return this.guarded(play)
  }

  /** The address of `bytes` new bytes, a multiple of 64; their values are undefined. @throws GlassformerError ERR_MEMORY */
  allocate(bytes: number): number {
    // An address has 32 bits.
    const address = bytes < 2 ** 32 - PAGE ? this.exports.allocate(bytes) >>> 0 : 0
    if (address) return address
    throw new GlassformerError(
      'ERR_MEMORY',
      `there is no memory for ${bytes} bytes in the 4 GiB of WebAssembly: fewer workers, beams or batchTokens, or weights in int8, take less`,
    )
  }

  release(address: number): void {
    this.exports.release(address)
  }

  /** An array at an address. */
  arrayAt<T extends DType>(dtype: T, address: number, length: number): Arrays[T] {
    const Numbers = arrayTypes[dtype]
    const view = viewOf(this.home.memory, address + length * Numbers.BYTES_PER_ELEMENT)
    return new Numbers(view, address, length)
  }

  doublesAt(address: number, length: number): Float64Array {
    return new Float64Array(viewOf(this.home.memory, address + 8 * length), address, length)
  }

  bytesAt(address: number, length: number): Uint8Array {
    return new Uint8Array(viewOf(this.home.memory, address + length), address, length)
  }

  /** A new array of zeros. @throws GlassformerError ERR_MEMORY */
  array<T extends DType>(dtype: T, length: number): Arrays[T] {
    const address = this.allocate(Math.max(1, length) * arrayTypes[dtype].BYTES_PER_ELEMENT)
    const array = this.arrayAt(dtype, address, length)
    array.fill(0)
    return array
  }

  /** Whether an array lies in this memory. */
  has({ buffer }: ArrayBufferView): boolean {
    return owners.get(buffer) === this.home.memory
  }
}
