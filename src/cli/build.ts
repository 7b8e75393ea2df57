import type { Command } from 'commander'
import { packageFolder } from '../package-folder.ts'

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

const EXAMPLES = `
It needs a C++17 compiler, make and python3, and takes a minute or two. OpenBLAS
(libopenblas-dev) is used where it is found. An earlier build stays in place
until the new one works.

Examples:
  $ npx glassformer build
  $ GLASSFORMER_BLAS=off npx glassformer build    # without OpenBLAS`

export function addBuild(program: Command): void {
  program
    .command('build')
    .description("build the native backend from the package's own sources")
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { RedrawnLine } = await import('./redrawn-line.ts')
      const { duration } = await import('./progress.ts')
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
    })
}
