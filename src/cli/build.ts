import type { Command } from 'commander'
import { packageFolder } from '../package-folder.ts'

/** What became of a build: `path` of the addon when `built`, else `reason`, one paragraph to show a person. */
interface BuildResult {
  built: boolean
  reason?: string
  path?: string
}

/**
 * Builds the native addon of the installed package from its own sources by node-gyp, as `npm run setup` does in a clone. Needs a
 * C++17 compiler, make and python3; Node's headers are taken from this machine where they are, and OpenBLAS or Accelerate is
 * used where it is found. Never throws for a machine that cannot build.
 */
async function buildNative(options: { log(line: string): void }): Promise<BuildResult> {
  const script: { buildNative: typeof buildNative } = await import(
    new URL('scripts/native-build.mjs', packageFolder).href
  )
  return script.buildNative({ log: (line) => options.log(line) })
}

const EXAMPLES = `
It needs a C++17 compiler, make and python3, and takes a minute or two. OpenBLAS
(libopenblas-dev) is used where it is found. An earlier build stays in place
until the new one works. What this Node.js compiles of the package's own code is
kept as well: a translation starts sooner.

Examples:
  $ npx glassformer build
  $ GLASSFORMER_BLAS=off npx glassformer build    # without OpenBLAS`

export function addBuild(program: Command): void {
  program
    .command('build')
    .description("build the native backend from the package's own sources")
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { built, path, reason } = await buildNative({ log: (line) => console.log(line) })
      if (built) {
        const { keepWorkerCode } = await import('../translate/keep-worker-code.ts')
        await keepWorkerCode()
        return console.log(`built ${path}`)
      }
      console.error(reason)
      process.exitCode = 1
    })
}
