import { packageFolder } from '../../base/package-folder.ts'
import { duration } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'

/** The result of a build: `path` of the addon when `built`, else `reason`, a paragraph for people. */
interface BuildResult {
  built: boolean
  reason?: string
  /** The compiler's messages about it. */
  output?: string
  path?: string
}

interface BuildListener {
  /** Whether node-gyp may be fetched where it is not on this machine. */
  fetch?: boolean
  /** Called when a step begins. */
  log(line: string): void
  /** Called when a file is compiled: `done` of `total` files are or have been compiled, and `file` is the last of them. */
  progress(at: { done: number; total: number; file: string }): void
}

/**
 * Builds the native addon of the installed package from its own sources by node-gyp, as `npm run setup` does in a clone. Needs a
 * C++17 compiler, make and python3; Node's headers are taken from this machine where they are, and OpenBLAS or Accelerate is
 * used where it is found. Never throws for a machine that cannot build.
 */
async function buildNative(listener: BuildListener): Promise<BuildResult> {
  const script: { buildNative: typeof buildNative } = await import(
    new URL('scripts/native-build.mjs', packageFolder).href
  )
  return script.buildNative(listener)
}

/** What scripts/mpi-build.mjs exports: the addon by which processes that mpirun has started train together. */
interface MpiBuild {
  findMpiCompiler(): string | undefined
  buildMpi(listener: Pick<BuildListener, 'log'>): Promise<BuildResult>
}

const mpiBuild = (): Promise<MpiBuild> => import(new URL('scripts/mpi-build.mjs', packageFolder).href)

/**
 * Builds the addon, and the addon of MPI where mpicxx is there, and says on the terminal how far it is; where one cannot be built, the exit
 * status is 1.
 */
export async function runBuild({ fetch }: { fetch: boolean }): Promise<void> {
  await report((listener) => buildNative({ ...listener, fetch }))
  const { findMpiCompiler } = await mpiBuild()
  if (findMpiCompiler()) await runMpiBuild()
}

/** Builds the addon of MPI alone. */
export async function runMpiBuild(): Promise<void> {
  const { buildMpi } = await mpiBuild()
  await report(buildMpi)
}

async function report(build: (listener: BuildListener) => Promise<BuildResult>): Promise<void> {
  const line = await RedrawnLine.open()
  const began = performance.now()
  const elapsed = () => duration((performance.now() - began) / 1000)
  const { built, path, reason, output } = await build({
    log: (text) => line.say(`${text} …`),
    progress: ({ done, total, file }) => line.draw(() => [`file ${done} of ${total}`, elapsed(), file]),
  }).finally(() => line.clear())
  if (built) return console.log(`built ${path} in ${elapsed()}`)
  if (output) console.error(output)
  console.error(reason)
  process.exitCode = 1
}
