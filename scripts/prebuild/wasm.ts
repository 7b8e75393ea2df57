/** The WebAssembly modules, and zig's arguments for each. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot as root } from '../native-build.mjs'

/** What native/sources.json has for WebAssembly. */
interface Sources {
  core: string[]
  kernels: string[]
  flags: { compiler: string[]; language: string[] }
  wasm: { sources: string[]; without: string[]; flags: string[] }
}

/** A file of a module with its own flags. */
export interface WasmSource {
  source: string
  flags: string[]
}

const sources = (): Sources => JSON.parse(readFileSync(join(root, 'native/sources.json'), 'utf8'))

const CPU = 'generic+simd128+atomics+bulk_memory+mutable_globals+nontrapping_fptoint+sign_ext'

/**
 * Keys are file names (src/engine/backend/wasm/builds.ts): zig's name of the processor for the kernels of each module.
 */
export const modules: Record<string, string> = {
  'glassformer.wasm': CPU,
  'glassformer-relaxed.wasm': `${CPU}+relaxed_simd`,
}

/**
 * Flags of every file. They are those of native/sources.json without threads of the C++ library and exceptions, which
 * do not exist here.
 */
export function compilerFlags(cpu = CPU): string[] {
  const { flags } = sources()
  const given = [...flags.compiler, ...flags.language]
  return [
    ...['-target', 'wasm32-wasi', `-mcpu=${cpu}`],
    ...given.filter((flag) => !['-pthread', '-fexceptions'].includes(flag)),
    ...['-fno-exceptions', '-fno-rtti', '-g0', '-ffunction-sections', '-fdata-sections', '-Inative'],
  ]
}

/** The files of each module, and those common to all modules, each with its own flags. */
export function sourcesOf(): { own: WasmSource[]; common: WasmSource[] } {
  const { core, kernels, wasm } = sources()
  const common = core.filter((path) => !wasm.without.some((left) => path.startsWith(left)))
  const withFlags = (sources: string[]) => sources.map((source) => ({ source, flags: wasm.flags }))
  return { own: withFlags(kernels), common: withFlags([...wasm.sources, ...common]) }
}

/** 4 GiB less a page: the end of the last page would not fit into a 32-bit address. */
const MOST_MEMORY = 2 ** 32 - 65536

/** A module without `main`, over shared memory from JavaScript. */
export const linkerFlags = [
  ...['-target', 'wasm32-wasi', `-mcpu=${CPU}`, '-O3', '-mexec-model=reactor'],
  ...['--strip-all', '--gc-sections', '--shared-memory', '--import-memory', `--max-memory=${MOST_MEMORY}`].map(
    (flag) => `-Wl,${flag}`,
  ),
  ...['-Wl,--initial-memory=4194304', '-Wl,-z,stack-size=1048576'],
  ...['__stack_pointer', '__wasm_init_tls', '__tls_size'].map((name) => `-Wl,--export=${name}`),
]
