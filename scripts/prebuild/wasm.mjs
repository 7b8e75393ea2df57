/** The modules of WebAssembly, and what zig is told for each. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot as root } from '../native-build.mjs'
import { gypList } from './targets.mjs'

const CPU = 'generic+simd128+atomics+bulk_memory+mutable_globals+nontrapping_fptoint+sign_ext'

/** By the names of their files (src/engine/backend/wasm/builds.ts): what zig calls the processor for which the kernels of each are compiled. */
export const modules = {
  'glassformer.wasm': CPU,
  'glassformer-relaxed.wasm': `${CPU}+relaxed_simd`,
}

/** Flags of every file. Of those of binding.gyp, threads of the C++ library and exceptions are left out: there are none. */
export function compilerFlags(cpu = CPU) {
  const gyp = readFileSync(join(root, 'binding.gyp'), 'utf8')
  const given = [...gypList(gyp, 'cflags'), ...gypList(gyp, 'cflags_cc')]
  return [
    ...['-target', 'wasm32-wasi', `-mcpu=${cpu}`],
    ...given.filter((flag) => !['-pthread', '-fexceptions'].includes(flag)),
    ...['-fno-exceptions', '-fno-rtti', '-g0', '-ffunction-sections', '-fdata-sections', '-Inative'],
  ]
}

/** The files that each module has of its own, and those that all have in common, each with its own flags. */
export function sourcesOf() {
  const { core, kernels, wasm } = JSON.parse(readFileSync(join(root, 'native/sources.json'), 'utf8'))
  const common = core.filter((path) => !wasm.without.some((left) => path.startsWith(left)))
  const withFlags = (sources) => sources.map((source) => ({ source, flags: wasm.flags }))
  return { own: withFlags(kernels), common: withFlags([...wasm.sources, ...common]) }
}

/** 4 GiB less a page: the end of the last page would be no address of 32 bits. */
const MOST_MEMORY = 2 ** 32 - 65536

/** A module that runs no `main`, over shared memory that JavaScript hands it. */
export const linkerFlags = [
  ...['-target', 'wasm32-wasi', `-mcpu=${CPU}`, '-O3', '-mexec-model=reactor'],
  ...['--strip-all', '--gc-sections', '--shared-memory', '--import-memory', `--max-memory=${MOST_MEMORY}`].map(
    (flag) => `-Wl,${flag}`,
  ),
  ...['-Wl,--initial-memory=4194304', '-Wl,-z,stack-size=1048576'],
  ...['__stack_pointer', '__wasm_init_tls', '__tls_size'].map((name) => `-Wl,--export=${name}`),
]
