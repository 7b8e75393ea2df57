import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import { nativeReasons } from '../backends.ts'
import { ops } from './tiny-program.ts'

/** Runs a program in Node.js as a user without other processes and with a limited number of threads. */
function runWithThreads(threads: number, program: string, ...args: string[]) {
  const user = ['--reuid=54321', '--regid=54321', '--clear-groups']
  const limited = ['prlimit', `--nproc=${threads}:${threads}`, process.execPath, '-e', program, ...args]
  return spawnSync('setpriv', [...user, ...limited], { cwd: '/', encoding: 'utf8' })
}

describe.skipIf(nativeReasons.length)('BLAS', () => {
  it('starts no threads when the addon is loaded, so none can be lacking', (context) => {
    const countThreads = "console.log(fs.readdirSync('/proc/self/task').length)"
    const threads = Number(runWithThreads(100, countThreads).stdout)
    context.skip(!threads, 'only root on Linux, with setpriv and prlimit, may run programs as another user')
    context.skip(runWithThreads(threads, '').status !== 0, `Node.js does not start with ${threads} threads`)

    const { binary, info } = loadAddon(ops)
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-blas-')) // the clone may be closed to others
    try {
      chmodSync(folder, 0o755)
      const addon = join(folder, 'glassformer.node')
      copyFileSync(binary, addon)
      const load = 'const m = { exports: {} }; process.dlopen(m, process.argv[1]); console.log(m.exports.info().blas)'
      const { stdout, stderr, status } = runWithThreads(threads, load, addon)
      expect({ stdout, stderr, status }).toEqual({ stdout: `${info.blas}\n`, stderr: '', status: 0 })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
