import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { messageOf } from '../../../../base/errors.ts'
import { ownPath } from '../../../../base/package/own-packages.ts'
import { threadFile } from '../../../../base/package/package-folder.ts'
import { present } from '../../../../base/present.ts'
import type { StartThread, WasmHome } from '../../interface/wasm-surface.ts'
import { type WasmModule, webAssembly } from '../../interface/web-assembly.ts'
import { isSealed, sealFlaw } from '../../native/elf.ts'
import { availableWasmIsas, type WasmIsa, wasmFiles } from '../builds.ts'
import { instanceIn, newHome } from '../instance.ts'

/** Starts a worker thread of Node.js, which does not keep the process alive. */
export const startThread: StartThread = (start, ended) => {
  const worker = new Worker(threadFile('wasm-thread', import.meta.url), {
    workerData: start,
    name: 'glassformer',
    execArgv: [],
    stdin: false,
  })
  worker.unref()
  worker.on('error', () => {}) // its end follows
  worker.on('exit', ended)
}

/** The result of the search: a memory with the kernels, or every reason why there is none. */
export type WasmSearch = { home: WasmHome; reasons: [] } | { home: null; reasons: string[] }

/** The folder of the modules in the package; scripts/prebuild.ts builds them. */
const modulesFolder = () => ownPath('wasm')

/** The instruction sets of WebAssembly that this engine has and a folder has a module for, lowest first. */
export const wasmIsasHere = (folder = modulesFolder()): WasmIsa[] =>
  availableWasmIsas().filter((isa) => existsSync(join(folder, wasmFiles[isa])))

/**
 * Opens a new memory of WebAssembly with the kernels of `isa`, or of the highest instruction set that this engine and this package have,
 * and that has all of `ops` (signatures of engine/program/declaration.ts).
 */
export function openHome(ops: Iterable<string>, isa?: WasmIsa, folder = modulesFolder()): WasmSearch {
  if (!webAssembly) return { home: null, reasons: ['WebAssembly is forbidden here, as by node --jitless'] }
  const isas = availableWasmIsas()
  if (!isas.length) return { home: null, reasons: ['this engine has no vectors or no shared memory of WebAssembly'] }
  const reasons: string[] = []
  const there = wasmIsasHere(folder)
  for (const each of isa ? [isa] : isas.reverse()) {
    const home = tryOpen(join(folder, wasmFiles[each]), there, [...ops])
    if (typeof home !== 'string') return { home, reasons: [] }
    reasons.push(home)
  }
  return { home: null, reasons }
}

/** The modules that this thread has compiled, by path, size and time of their files. */
const compiled = new Map<string, WasmModule>()

/** A memory with the kernels of the module at this path, or the reason why there is none. */
function tryOpen(binary: string, isas: readonly WasmIsa[], ops: readonly string[]): WasmHome | string {
  if (!existsSync(binary)) return `${binary} does not exist`
  try {
    const { ino, size, mtimeMs } = statSync(binary)
    const version = [binary, ino, size, mtimeMs].join()
    let module = compiled.get(version)
    if (!module) {
      const file = readFileSync(binary)
      const flaw = isSealed(file) ? sealFlaw(file) : 'is damaged: its end is missing'
      if (flaw) return `${binary} cannot be loaded: it ${flaw}`
      module = new (present(webAssembly).Module)(file)
    }
    const home = newHome({ module, binary, isas })
    const there = instanceIn(home).signatures()
    const other = ops.find((op) => !there.includes(op))
    if (other) return `${binary} is of another version: it lacks ${other}: make it again`
    compiled.set(version, module)
    return home
  } catch (error) {
    return `${binary} cannot be loaded: ${messageOf(error)}`
  }
}
