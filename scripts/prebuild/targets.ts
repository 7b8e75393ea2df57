/** The prebuilt addons, and zig's arguments for each: compiler flags of native/sources.json, linker flags by system. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { packageRoot as root } from '../native-build.mjs'

const require = createRequire(import.meta.url)

/** A platform with a prebuilt addon. */
export interface Target {
  /** zig's target, of kernels where it differs. */
  zig: string
  kernels?: string
  system: 'linux' | 'darwin' | 'win32'
  arch: 'x64' | 'arm64'
}

/** A file of the addon, and zig's target where it is compiled for another one. */
export interface SourceFile {
  source: string
  set: string
  flags: string[]
  zig?: string
}

/** The paths of the version script, and of Windows' import library. */
export interface LinkerScripts {
  versions: string
  imports?: string
}

/**
 * Keys are the loader's names (src/engine/backend/native/platform.ts): zig's target, with the oldest supported system.
 * Kernels include nothing of a C library, so they are the same for both of Linux on x64: zig compiles for one and finds
 * them in its cache for the other.
 */
export const targets: Record<string, Target> = {
  'linux-x64': { zig: 'x86_64-linux-gnu.2.28', system: 'linux', arch: 'x64' },
  'linux-x64-musl': { zig: 'x86_64-linux-musl', kernels: 'x86_64-linux-gnu.2.28', system: 'linux', arch: 'x64' },
  'linux-arm64': { zig: 'aarch64-linux-gnu.2.28', system: 'linux', arch: 'arm64' },
  'darwin-arm64': { zig: 'aarch64-macos.11.0', system: 'darwin', arch: 'arm64' },
  'darwin-x64': { zig: 'x86_64-macos.11.0', system: 'darwin', arch: 'x64' },
  'win32-x64': { zig: 'x86_64-windows-gnu', system: 'win32', arch: 'x64' },
}

const fromRoot = (path: string) => relative(root, path).replaceAll('\\', '/')

/**
 * Folders of headers, from the package's root. The compiler gets no absolute path: an object is the same from every
 * folder.
 */
export const headerFolders = () => [
  fromRoot(join(dirname(require.resolve('node-api-headers/package.json')), 'include')),
  fromRoot(dirname(require.resolve('node-addon-api/package.json'))),
]

/** What native/sources.json has for addons. */
interface Sources {
  core: string[]
  kernels: string[]
  isa: Record<string, { architecture?: string; flags: string[] }>
  flags: { compiler: string[]; language: string[] }
  defines: string[]
}

const sources = (): Sources => JSON.parse(readFileSync(join(root, 'native/sources.json'), 'utf8'))

/** The flags that node-gyp itself adds. */
const NODE_GYP_DEFINES = ['BUILDING_NODE_EXTENSION']

/**
 * Flags of every file. Separate sections let the linker drop unused code; without debug information, which zig would
 * add, no object contains the folder's path.
 */
export function compilerFlags({ zig }: Pick<Target, 'zig'>): string[] {
  const { flags, defines } = sources()
  return [
    ...['-target', zig],
    ...flags.compiler,
    ...flags.language,
    ...['-fPIC', '-g0', '-ffunction-sections', '-fdata-sections'],
    ...[...defines, ...NODE_GYP_DEFINES].map((define) => `-D${define}`),
    ...['native', ...headerFolders()].map((folder) => `-I${folder}`),
  ]
}

/**
 * Every file of a target with its own flags, and zig's target where it differs. Kernels are compiled for each
 * instruction set, and come first: they take longest to compile.
 */
export function sourcesOf({ arch, kernels: zig }: Target): SourceFile[] {
  const { core, kernels, isa } = sources()
  const sets = Object.entries(isa).filter(([, { architecture }]) => !architecture || architecture === arch)
  return [
    ...kernels.flatMap((source) => sets.map(([set, { flags }]) => ({ source, set, flags, zig }))),
    ...core.map((source) => ({ source, set: 'core', flags: [] })),
  ]
}

/** The functions by which Node.js recognizes an addon. */
export const EXPORTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']

export const versionScript = `{ global: ${EXPORTS.map((name) => `${name};`).join(' ')} local: *; };\n`

/**
 * The linker's flags. On Linux, nodelete keeps the addon in memory when a worker that has loaded it ends: otherwise the
 * exit handlers of the C++ library would run in unmapped memory at the end of the process. `scripts` are the paths of
 * the version script and of Windows' import library.
 */
export function linkerFlags({ zig, system }: Target, { versions, imports }: LinkerScripts): string[] {
  const own = {
    linux: ['-s', '-Wl,--gc-sections', '-Wl,-z,nodelete', `-Wl,--version-script=${versions}`],
    darwin: ['-s', '-Wl,-dead_strip', '-Wl,-undefined,dynamic_lookup', '-Wl,-install_name,@rpath/glassformer.node'],
    win32: ['-s', '-Wl,--gc-sections', ...(imports ? [imports] : [])],
  }
  return ['-target', zig, '-shared', '-O3', ...own[system]]
}
