import type { Command } from 'commander'

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
      const { runBuild } = await import('./run.ts')
      await runBuild()
    })
}
