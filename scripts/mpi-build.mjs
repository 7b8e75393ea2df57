/**
 * Builds the MPI addon for training on several processes under mpirun (native/mpi/):
 * build/Release/glassformer_mpi.node. `npm run setup` and `npx glassformer build` do so where mpicxx is on PATH; `npx
 * glassformer build --mpi` builds this addon alone. It is plain JavaScript with no dependency, because setup runs it
 * before anything is compiled.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import {
  findHeaders,
  findOnPath,
  gypFolder,
  nodeAddonApi,
  packageRoot,
  run,
  sealAddon,
  shownOutput,
} from './native-build.mjs'

const folder = join(packageRoot, 'build', 'Release')

/** The path of the addon. */
export const mpiAddonPath = join(folder, 'glassformer_mpi.node')

/** The compiler wrapper of MPI; undefined: none on PATH. */
export const findMpiCompiler = () => (process.platform === 'win32' ? undefined : findOnPath('mpicxx'))

/** The folder of Node's headers: on this machine, or in node-gyp's cache after it built the other addon. */
function headersFolder() {
  const found = findHeaders()
  if (found) return join(found, 'include', 'node')
  const settings = join(packageRoot, gypFolder, 'build', 'config.gypi')
  if (!existsSync(settings)) return undefined
  const { variables } = JSON.parse(readFileSync(settings, 'utf8').replace(/^#.*$/m, ''))
  const headers = join(variables.nodedir, 'include', 'node')
  return existsSync(join(headers, 'node_api.h')) ? headers : undefined
}

/** `reason` is a sentence for users. */
const failed = (reason, output = '') => ({ built: false, reason: `The addon of MPI was not built: ${reason}`, output })

function flags(headers) {
  const { mpi, ...common } = JSON.parse(readFileSync(join(packageRoot, 'native', 'sources.json'), 'utf8'))
  const api = nodeAddonApi() ?? createRequire(import.meta.url)('node-addon-api').include_dir
  // The last two leave out MPI's C++ classes, which newer versions have removed.
  const defines = [...common.defines, 'OMPI_SKIP_MPICXX', 'MPICH_SKIP_MPICXX']
  return [
    ...[...common.flags.compiler, ...common.flags.language, '-fPIC', '-shared'],
    ...defines.map((name) => `-D${name}`),
    ...[join(packageRoot, 'native'), headers, resolve(api)].flatMap((path) => ['-I', path]),
    ...mpi.map((path) => join(packageRoot, path)),
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-Wl,--as-needed']),
  ]
}

/**
 * Builds the addon and loads it once in a child process. An earlier build is kept until the new one works. Returns a
 * reason instead of throwing where the machine cannot build.
 */
export async function buildMpi({ log }) {
  const compiler = findMpiCompiler()
  if (!compiler)
    return failed(
      'there is no mpicxx on PATH. Install MPI with its compiler (Debian: openmpi-bin and libopenmpi-dev), then build again.',
    )
  const headers = headersFolder()
  if (!headers)
    return failed("Node's headers are not on this machine. Run 'npx glassformer build', which fetches them.")
  log(`compiling the addon of MPI with ${compiler}`)
  const beside = `${mpiAddonPath}.new`
  try {
    mkdirSync(folder, { recursive: true })
    const { status, text } = await run(compiler, [...flags(headers), '-o', beside], { cwd: packageRoot })
    if (status !== 0) return failed('the compiler failed.', shownOutput(text))
    sealAddon(beside)
    const load = await run(process.execPath, ['-e', 'process.dlopen({ exports: {} }, process.argv[1])', beside], {})
    if (load.status !== 0) return failed('it was compiled, but does not load.', shownOutput(load.text))
    renameSync(beside, mpiAddonPath)
    return { built: true, path: mpiAddonPath }
  } catch (error) {
    return failed(`${folder} cannot be written to (${error.code ?? error.message}).`)
  } finally {
    rmSync(beside, { force: true })
  }
}
