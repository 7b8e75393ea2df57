/**
 * Runs the native tests on an addon built with the address and undefined-behaviour sanitizers. A finding ends the test's
 * process, so the run fails. Leaks are not looked for: Node itself keeps memory until it exits.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import './setup.mjs'
import { findOnPath, findToolchain, packageRoot as root } from './native-build.mjs'

const { compiler } = findToolchain()
const missing = compiler ? ['cmake', 'make'].filter((name) => !findOnPath(name)) : ['a C++ compiler']
if (process.platform !== 'linux') missing.push('Linux (the sanitizers are loaded by LD_PRELOAD)')
if (missing.length > 0) {
  console.log(`sanitizer run skipped: it needs ${missing.join(' and ')}`)
  process.exit(0)
}

const runtimes = ['libasan.so', 'libubsan.so'].map((name) =>
  execFileSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).trim(),
)
// A compiler that has no such file prints the bare name.
if (!runtimes.every((path) => existsSync(path))) {
  console.log(`sanitizer run skipped: ${compiler} has no shared ${runtimes.join(' and ')}`)
  process.exit(0)
}

const resolve = createRequire(import.meta.url).resolve
const cmakeJs = join(resolve('cmake-js/package.json'), '../bin/cmake-js')
function run(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

run([cmakeJs, 'build', '--out', 'build-sanitize', '--CDGLASSFORMER_SANITIZE=ON'])
run(
  [
    join(resolve('vitest/package.json'), '../vitest.mjs'),
    'run',
    'test/native',
    'test/program',
    ...process.argv.slice(2),
  ],
  {
    LD_PRELOAD: runtimes.join(' '),
    ASAN_OPTIONS: 'detect_leaks=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
    GLASSFORMER_ADDON: join(root, 'build-sanitize/Release/glassformer.node'),
    GLASSFORMER_BACKEND: 'native',
  },
)
