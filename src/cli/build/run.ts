import { existsSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import { packageFolder } from '../../base/package/package-folder.ts'
import { duration } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'

/** The result of a build: `path` of the addon if `built`, else `reason`, a paragraph for people. */
interface BuildResult {
  built: boolean
  reason?: string
  /** The compiler's messages about the failure. */
  output?: string
  path?: string
}

interface BuildListener {
  /** Whether node-gyp may be downloaded where this machine does not have it. */
  fetch?: boolean
  /** Called at the start of each step. */
  log(line: string): void
  /**
   * Called when the compiler starts a file: `file` is the latest of `done` files, out of `total`. `done` of `total`
   * files are or have been compiled, and `file` is the last of them.
   */
  progress(at: { done: number; total: number; file: string }): void
}

/**
 * Builds the native addon of the installed package from its own sources by node-gyp, as `npm run setup` does in a
 * clone. Needs a C++17 compiler, make and python3; uses Node's headers from this machine where they exist, and OpenBLAS
 * or Accelerate where found. Returns a reason instead of throwing where the machine cannot build.
 */
async function buildNative(listener: BuildListener): Promise<BuildResult> {
  const script: { buildNative: typeof buildNative } = await import(
    new URL('scripts/native-build.mjs', packageFolder()).href
  )
  return script.buildNative(listener)
}

/** The exports of scripts/mpi-build.mjs, which builds the addon for training on several processes under mpirun. */
interface MpiBuild {
  findMpiCompiler(): string | undefined
  buildMpi(listener: Pick<BuildListener, 'log'>): Promise<BuildResult>
}

const mpiBuild = (): Promise<MpiBuild> => import(new URL('scripts/mpi-build.mjs', packageFolder()).href)

/**
 * Builds the addon, and the MPI addon where mpicxx exists, and prints progress on the terminal; the exit status is 1
 * where a build fails.
 */
export async function runBuild({ fetch, json }: { fetch: boolean; json: boolean }): Promise<void> {
  checkSources()
  await report((listener) => buildNative({ ...listener, fetch }), json)
  const { findMpiCompiler } = await mpiBuild()
  if (findMpiCompiler()) await runMpiBuild(json)
}

/** Builds the MPI addon alone. */
export async function runMpiBuild(json: boolean): Promise<void> {
  checkSources()
  const { buildMpi } = await mpiBuild()
  await report(buildMpi, json)
}

async function report(build: (listener: BuildListener) => Promise<BuildResult>, json: boolean): Promise<void> {
  const line = await RedrawnLine.open()
  const began = performance.now()
  const elapsed = () => duration((performance.now() - began) / 1000)
  const { built, path, reason, output } = await build({
    log: (text) => line.say(`${text} …`),
    progress: ({ done, total, file }) => line.draw(() => [`file ${done} of ${total}`, elapsed(), file]),
  }).finally(() => line.clear())
  if (!built) process.exitCode = 1
  if (json) return console.log(JSON.stringify({ built, path, reason, seconds: (performance.now() - began) / 1000 }))
  if (built) return console.log(`built ${path} in ${elapsed()}`)
  if (output) console.error(output)
  console.error(reason)
}

/** @throws GlassformerError ERR_UNSUPPORTED where the package has no sources, as npm's has none */
function checkSources(): void {
  if (existsSync(new URL('scripts/native-build.mjs', packageFolder()))) return
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    "the package of npm has no sources of the addon: install a release's self-contained tarball, or build in a clone",
  )
}
