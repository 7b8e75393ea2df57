import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import { addonOf, isCurrent } from '../../scripts/prebuild/build.ts'
import { nativeReasons } from '../backends.ts'
import { ops } from './tiny-program.ts'

const path = addonOf('linux-x64')
const isHere = process.platform === 'linux' && process.arch === 'x64'

describe.skipIf(!isHere || nativeReasons.length)('the addon that zig builds for linux-x64', () => {
  const skipped = isCurrent('linux-x64')
    ? undefined
    : 'it is not built of these sources: npm run prebuilds -- --only linux-x64'

  const run = (code: string) =>
    spawnSync(process.execPath, ['-e', code], {
      encoding: 'utf8',
      env: { ...process.env, ADDON: path, GLASSFORMER_ADDON: path },
    })

  it('has every instruction set that the compiler of this machine finds, and not the scalar one alone', (context) => {
    context.skip(skipped !== undefined, skipped)
    const { stdout, stderr } = run('console.log(JSON.stringify(require(process.env.ADDON).info()))')
    const info = JSON.parse(stdout || `"${stderr}"`)
    expect(info.isas).toEqual(loadAddon(ops).info.isas)
    expect(info.ops).toEqual(loadAddon(ops).info.ops)
    expect(info.blas).toBe('none')
  })

  it('leaves a process intact if a worker that has loaded it ends first', (context) => {
    context.skip(skipped !== undefined, skipped)
    const code = `const { Worker } = require('node:worker_threads')
      const worker = new Worker('new (require(process.env.ADDON).Player)({ threads: 2 }).close()', { eval: true })
      worker.on('exit', (code) => console.log('ended', code))`
    const { status, signal, stdout } = run(code)
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: 'ended 0\n' })
  })

  it('translates', (context) => {
    context.skip(skipped !== undefined, skipped)
    const address = JSON.stringify(new URL('../../dist/index.js', import.meta.url))
    const { stdout, stderr } = run(`import(${address}).then(async ({ Translator }) => {
      const translator = await Translator.load()
      const { text } = await translator.translate('Merci beaucoup.')
      console.log(translator.backendInfo().binary, text)
      await translator.close()
    })`)
    expect(stdout, stderr).toBe(`${path} Thank you very much.\n`)
  })
})
