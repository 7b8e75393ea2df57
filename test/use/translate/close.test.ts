import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { Translator } from '#dist/index.js'
import { Engine } from '#dist/use/translate/sentences/engine.js'
import { Pool } from '#dist/workers/pool/pool.js'
import { nativeReasons } from '../../backends.ts'
import { isWhole, NOT_WHOLE } from '../../whole.ts'
import { backendNames, quickest } from './backend-names.ts'
import { lines } from './lines.ts'
import { packageUrl, runScript } from './script.ts'

/** Objects that a running task has read through a WeakRef stay until the task ends. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  for (let i = 0; i < 3; i++) {
    await setImmediate()
    runInNewContext('gc')()
  }
}

describe('closing', () => {
  it('is idempotent, and fails open and later calls', async () => {
    const translator = await Translator.load(undefined, { backend: quickest, workers: 2 })
    const open = Promise.allSettled([
      translator.translate(Array(30).fill(lines).flat(), { beams: 4 }),
      translator.translate('Oui.'),
      translator.score([{ source: 'Oui.', target: 'Yes.' }]),
      translator.stream('Je suis étudiant.').next(),
    ])
    await Promise.all([translator.close(), translator.close()])
    await translator.close()
    for (const { status, reason } of (await open) as PromiseRejectedResult[])
      expect({ status, code: reason?.code }).toEqual({ status: 'rejected', code: 'ERR_CLOSED' })
    const closed = { code: 'ERR_CLOSED', message: expect.stringMatching(/load another/) }
    await expect(translator.translate('Oui.')).rejects.toMatchObject(closed)
    await expect(translator.translate([])).rejects.toMatchObject(closed)
    await expect(translator.score([])).rejects.toMatchObject(closed)
    await expect(translator.stream('Oui.').next()).rejects.toMatchObject(closed)
    expect(() => translator.translateSync('Oui.')).toThrow(expect.objectContaining(closed))
  })

  it('frees the engine of the calling thread', async () => {
    const closed = vi.spyOn(Engine.prototype, 'close')
    const translator = await Translator.load(undefined, { backend: quickest })
    translator.translateSync('Oui.')
    expect(closed).not.toHaveBeenCalled()
    await translator.close()
    expect(closed).toHaveBeenCalledTimes(1)
    closed.mockRestore()
  })

  it('releases the weights, even if the translator is still referenced', async () => {
    const load = Pool.load // a spy would keep what it returns
    let weights: WeakRef<object> | undefined
    Pool.load = async (...options) => {
      const loaded = await load.apply(Pool, options)
      weights = new WeakRef(loaded.model.weights.memory)
      return loaded
    }
    const translator = await Translator.load(undefined, { backend: quickest }).finally(() => {
      Pool.load = load
    })
    translator.translateSync('Oui.')
    await translator.close()
    await collectGarbage()
    expect(weights?.deref()).toBeUndefined()
    await expect(translator.translate('Oui.')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  it('happens at the end of the block of `await using`', async () => {
    let outside: Translator
    {
      await using translator = await Translator.load(undefined, { backend: quickest })
      outside = translator
    }
    await expect(outside.translate('Oui.')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  it('leaves no handle open', async () => {
    const { stdout, code } = await runScript(
      `const translator = await Translator.load(undefined, { workers: 2 })
      await translator.translate(Array(200).fill('Oui.'), { beams: 1 })
      translator.translateSync('Oui.')
      await translator.close()
      console.log(process.getActiveResourcesInfo().filter((name) => /Worker|Message/.test(name)).length)`,
      { GLASSFORMER_BACKEND: quickest },
    )
    expect({ stdout, code }).toEqual({ stdout: '0\n', code: 0 })
  })
})

describe.each(backendNames)('a process, %s', (backend) => {
  const env = { GLASSFORMER_BACKEND: backend }

  it('ends by itself without close, when its work is done', async () => {
    const script = `const translator = await Translator.load()
      console.log((await translator.translate('Je suis étudiant.')).text)
      const results = await translator.translate(Array(5).fill('Oui.'), { beams: 1 })
      console.log(results.length, translator.translateSync('Oui.', { beams: 1 }).text)`
    expect(await runScript(script, env)).toEqual({
      code: 0,
      signal: null,
      stdout: 'I am a student.\n5 Yes.\n',
      stderr: '',
    })
  })

  it('ends by itself when nothing was translated, and when a model could not be loaded', async () => {
    const script = `await Translator.load()
      await Translator.load('/nonexistent').catch((error) => console.log(error.code))`
    expect(await runScript(script, env)).toMatchObject({ code: 0, stdout: 'ERR_FILE\n', stderr: '' })
  })

  it.each([0, 100, 400])('can exit in the middle of a translation, after %i ms', async (delay) => {
    const script = `const translator = await Translator.load(undefined, { workers: 2 })
      setTimeout(() => process.exit(7), ${delay})
      await translator.translate(Array(2000).fill('Je ne sais pas quoi faire.'), { beams: 4 })`
    expect(await runScript(script, env)).toEqual({ code: 7, signal: null, stdout: '', stderr: '' })
  })

  it('can exit in the middle of streaming, with an unhandled rejection', async () => {
    const script = `const translator = await Translator.load()
      for await (const piece of translator.stream('Je suis étudiant.')) break
      const controller = new AbortController()
      const translating = translator.translate('Oui.', { signal: controller.signal }).catch((error) => console.log(error.code))
      controller.abort()
      await translating`
    expect(await runScript(script, env)).toEqual({ code: 0, signal: null, stdout: 'ERR_ABORTED\n', stderr: '' })
  })

  it('may have eight worker threads that each load, translate and exit', async (context) => {
    context.skip(backend === 'js' && !nativeReasons.length && !isWhole, NOT_WHOLE)
    const thread = `import(${JSON.stringify(packageUrl)}).then(async ({ Translator }) => {
      const translator = await Translator.load(undefined, { workers: 1 })
      const { text } = translator.translateSync('Je suis étudiant.', { beams: 1 })
      const [yes] = await translator.translate(['Oui.'], { beams: 1 })
      require('node:worker_threads').parentPort.postMessage(text + ' ' + yes.text)
      if (require('node:worker_threads').workerData % 2) process.exit()
    })`
    const script = `import { once } from 'node:events'
      import { Worker } from 'node:worker_threads'
      await Promise.all(Array.from({ length: 8 }, async (_, workerData) => {
        const worker = new Worker(${JSON.stringify(thread)}, { eval: true, execArgv: [], workerData })
        worker.on('message', (text) => console.log(text))
        const [code] = await once(worker, 'exit')
        if (code) console.log('exit code', code)
      }))`
    const { code, signal, stdout, stderr } = await runScript(script, env)
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual(Array(8).fill('I am a student. Yes.'))
  })
})
