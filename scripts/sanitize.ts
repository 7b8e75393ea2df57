/**
 * Runs the thread pool under the thread sanitizer, in a separate program (Node.js is not built for it), and the native
 * tests on an addon built with the address and undefined-behavior sanitizers. A finding ends the process, so the run
 * fails. Leak detection is off, because Node itself keeps memory until it exits.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import './setup.mjs'
import { findOnPath, findToolchain, packageRoot as root } from './native-build.mjs'

const { compiler = '' } = findToolchain()
const missing = compiler ? ['cmake', 'make'].filter((name) => !findOnPath(name)) : ['a C++ compiler']
if (process.platform !== 'linux') missing.push('Linux (the sanitizers are loaded by LD_PRELOAD)')
if (missing.length > 0) {
  console.log(`sanitizer run skipped: it needs ${missing.join(' and ')}`)
  process.exit(0)
}

const runtimes = ['libasan.so', 'libubsan.so', 'libtsan.so'].map((name) =>
  execFileSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).trim(),
)
// A compiler without such a file prints the bare name.
if (!runtimes.every((path) => existsSync(path))) {
  console.log(`sanitizer run skipped: ${compiler} has no shared ${runtimes.join(', ')}`)
  process.exit(0)
}

function stressPool() {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-pool-'))
  try {
    const program = join(folder, 'pool-stress')
    const sources = ['test/native/pool-stress.cc', 'native/core/pool.cc'].map((file) => join(root, file))
    const flags = ['-std=c++17', '-O1', '-g', '-fsanitize=thread', `-I${join(root, 'native')}`, '-pthread']
    execFileSync(compiler, [...flags, ...sources, '-o', program], { stdio: 'inherit' })
    execFileSync(program, { stdio: 'inherit', env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' } })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const resolve = createRequire(import.meta.url).resolve
const cmakeJs = join(resolve('cmake-js/package.json'), '../bin/cmake-js')
function run(args: string[], env = {}): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

stressPool()
run([cmakeJs, 'build', '--out', 'build-sanitize', '--CDGLASSFORMER_SANITIZE=ON'])
run(
  [
    join(resolve('vitest/package.json'), '../vitest.mjs'),
    'run',
    '--project=here', // the other one has a separate addon
    'test/native',
    'test/engine/program',
    '--testTimeout=600000', // all of them take several times as long
    ...process.argv.slice(2),
  ],
  {
    LD_PRELOAD: runtimes.slice(0, 2).join(' '), // flags of the addon; the others are the stress program's
    ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1', // tests request more memory than there is
    UBSAN_OPTIONS: 'print_stacktrace=1',
    GLASSFORMER_ADDON: join(root, 'build-sanitize/Release/glassformer.node'),
    GLASSFORMER_BACKEND: 'native',
  },
)
