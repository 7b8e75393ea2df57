import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { backendNames } from './backend-names.ts'
import { lines } from './lines.ts'

describe.each(backendNames)('aborting, %s', (backend) => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend, workers: 1, batchTokens: 100 })
  })
  afterAll(() => translator.close())
  /** More text than any machine translates before it is aborted. */
  const many = Array(1000).fill(lines).flat()

  it('before the start rejects with ERR_ABORTED and the reason', async () => {
    const reason = new Error('changed my mind')
    const signal = AbortSignal.abort(reason)
    const message = 'the request was aborted by its signal: changed my mind'
    const expected = { name: 'AbortError', code: 'ERR_ABORTED', message, cause: reason }
    await expect(translator.translate('Oui.', { signal })).rejects.toMatchObject(expected)
    await expect(translator.translate([], { signal })).rejects.toMatchObject(expected)
    await expect(translator.score([{ source: 'Oui.', target: 'Yes.' }], { signal })).rejects.toMatchObject(expected)
    expect(() => translator.translateSync('Oui.', { signal })).toThrow(expect.objectContaining(expected))
  })

  it.each([0, 30, 300])('after %i ms rejects, and the worker goes on to the next request', async (delay) => {
    const controller = new AbortController()
    const translating = translator.translate(many, { beams: 4, signal: controller.signal })
    setTimeout(() => controller.abort(), delay)
    await expect(translating).rejects.toMatchObject({ name: 'AbortError', code: 'ERR_ABORTED' })
    expect((await translator.translate('Je suis étudiant.')).text).toBe('I am a student.')
  })

  it('affects its own request only', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const aborted = translator.translate(many, { signal })
    const other = translator.translate(lines.slice(0, 3), { beams: 1 })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect((await other).map(({ text }) => text)).toHaveLength(3)
  })

  it('one signal serves many requests, and has one listener while they last and none afterwards', async () => {
    const { signal } = new AbortController()
    const requests = lines.slice(0, 20).map((line) => translator.translate(line, { signal }))
    await Promise.resolve()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await Promise.all(requests)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('still stops requests of a signal when others are done, and a request that fails leaves no listener', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const long = translator.translate(many, { beams: 1, maxTokens: 2, signal }) // a part of it ends before 'Oui.' begins
    const stopped = expect(long).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    await translator.translate('Oui.', { signal })
    await expect(translator.translate('un '.repeat(1000), { signal, split: 'never' })).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
    })
    controller.abort()
    await stopped
    const other = new AbortController().signal
    const failing = translator.translate('un '.repeat(1000), { signal: other, split: 'never' })
    await expect(failing).rejects.toMatchObject({ code: 'ERR_INPUT_TOO_LONG' })
    expect(getEventListeners(other, 'abort')).toHaveLength(0)
  })

  it('leaves no listener of a stream that has ended, or has been left', async () => {
    const { signal } = new AbortController()
    for await (const _ of translator.stream('Oui.', { signal }));
    for await (const _ of translator.stream('Oui. Oui.', { signal })) break
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('may have a reason that cannot be shown', async () => {
    const throws = () => {
      throw new Error('not to be shown')
    }
    const reason = Object.defineProperty(new Error(), 'message', { get: throws })
    const controller = new AbortController()
    const requests = [many, many].map((texts) => translator.translate(texts, { signal: controller.signal }))
    controller.abort(reason)
    for (const request of requests)
      await expect(request).rejects.toMatchObject({
        code: 'ERR_ABORTED',
        message: 'the request was aborted by its signal: what cannot be shown (object)',
        cause: reason,
      })
  })

  it('takes objects that behave like a signal: with an event that has no target, and without a reason', async () => {
    const listeners = new Set<() => void>()
    const signal = {
      aborted: false,
      addEventListener: (_: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
    }
    const requests = [many, many].map((texts) => translator.translate(texts, { signal: signal as never }))
    expect(listeners.size).toBe(1)
    signal.aborted = true
    for (const listener of [...listeners]) listener()
    const expected = { code: 'ERR_ABORTED', message: 'the request was aborted by its signal' }
    for (const request of requests) await expect(request).rejects.toMatchObject(expected)
    expect(() => translator.translateSync('Oui.', { signal: signal as never })).toThrow(
      expect.objectContaining(expected),
    )
    expect(listeners.size).toBe(0)
  })

  it('stops all requests of a signal at once', async () => {
    const controller = new AbortController()
    const requests = [many, many, many].map((texts) => translator.translate(texts, { signal: controller.signal }))
    controller.abort()
    for (const { status } of await Promise.allSettled(requests)) expect(status).toBe('rejected')
  })

  it('has no effect when all is done', async () => {
    const controller = new AbortController()
    const { text } = await translator.translate('Oui.', { signal: controller.signal })
    controller.abort()
    expect(text).toBe('Yes.')
  })

  // All of these together would exceed the test's time limit.
  it('repeated aborts leave nothing behind that would slow the worker down', async () => {
    for (let i = 0; i < 50; i++) {
      const controller = new AbortController()
      const translating = translator.translate(many, { signal: controller.signal })
      controller.abort()
      await expect(translating).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    }
    expect((await translator.translate('Oui.')).text).toBe('Yes.')
  })
})
