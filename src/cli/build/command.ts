import type { Command } from 'commander'

const EXAMPLES = `
It needs a C++17 compiler, make, python3 and node-gyp, and takes a minute or
two. npm has node-gyp; where there is none, --fetch lets npm, pnpm or yarn fetch
it. OpenBLAS (libopenblas-dev) is used where it is found. An earlier
build stays in place until the new one works.

Where mpicxx is found, the addon is built too by which processes that mpirun has
started train together.

Examples:
  $ npx glassformer build
  $ GLASSFORMER_BLAS=off npx glassformer build    # without OpenBLAS
  $ npx glassformer build --mpi                   # for trainings under mpirun`

export function addBuild(program: Command): void {
  program
    .command('build')
    .description("build the native backend from the package's own sources")
    .option('--mpi', 'build only the addon of MPI, which takes some seconds; it needs mpicxx')
    .option('--fetch', 'fetch node-gyp from the registry where it is not on this machine')
    .option('--json', 'print a JSON object for each addon: built, path, seconds; or the reason why it is not built')
    .addHelpText('after', EXAMPLES)
    .action(
      async ({ mpi = false, fetch = false, json = false }: { mpi?: boolean; fetch?: boolean; json?: boolean }) => {
        const { runBuild, runMpiBuild } = await import('./run.ts')
        await (mpi ? runMpiBuild(json) : runBuild({ fetch, json }))
      },
    )
}
