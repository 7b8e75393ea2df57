import { packageFolder } from '../../package-folder.ts'
import { duration } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'

/** What became of a build: `path` of the addon when `built`, else `reason`, one paragraph to show a person. */
interface BuildResult {
  built: boolean
  reason?: string
  /** What the compiler said of it. */
  output?: string
  path?: string
}

interface BuildListener {
  /** A step begins. */
  log(line: string): void
  /** So many files of all are being compiled or have been, this one the last. */
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

/** Builds the addon and says on the terminal how far it is; where it cannot be built, the exit status is 1. */
export async function runBuild(): Promise<void> {
  const line = await RedrawnLine.open()
  const began = performance.now()
  const elapsed = () => duration((performance.now() - began) / 1000)
  const { built, path, reason, output } = await buildNative({
    log: (text) => line.say(`${text} …`),
    progress: ({ done, total, file }) => line.draw(() => [`file ${done} of ${total}`, elapsed(), file]),
  }).finally(() => line.clear())
  if (built) return console.log(`built ${path} in ${elapsed()}`)
  if (output) console.error(output)
  console.error(reason)
  process.exitCode = 1
}
