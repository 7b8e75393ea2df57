import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Translator } from '#dist/index.js'
import { quickest } from './backend-names.ts'
import { lines } from './lines.ts'

describe('translateStream', () => {
  let translator: Translator
  let alone: string[]
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend: quickest, workers: 2 })
    alone = (await translator.translate(lines)).map(({ text }) => text)
  })
  afterAll(() => translator.close())

  /** This number of sources, and events of the stream. */
  function counted(count: number, at: (i: number) => unknown = (i) => lines[i % lines.length]) {
    const seen = { read: 0, closed: 0 }
    const input = (async function* () {
      try {
        for (let i = 0; i < count; i++) {
          seen.read++
          yield at(i)
        }
      } finally {
        seen.closed++
      }
    })()
    return { input: input as AsyncIterable<string>, seen }
  }

  it('yields translations in the order of the sources, each that of its source alone', async () => {
    const { input, seen } = counted(500)
    let next = 0
    for await (const { text } of translator.translateStream(input))
      expect(text, `source ${next}`).toBe(alone[next++ % lines.length])
    expect({ next, seen }).toEqual({ next: 500, seen: { read: 500, closed: 1 } })
  })

  it('yields finished translations while an input waits for more', async () => {
    let more = () => {}
    const waiting = new Promise<void>((resolve) => {
      more = resolve
    })
    const input = (async function* () {
      yield lines[0]
      await waiting
      yield lines[1]
    })()
    const stream = translator.translateStream(input)
    expect((await stream.next()).value?.text).toBe(alone[0])
    more()
    expect((await stream.next()).value?.text).toBe(alone[1])
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('reads no further than it has room while no translation is taken', async () => {
    const { input, seen } = counted(1_000_000, () => 'Oui. '.repeat(400))
    const stream = translator.translateStream(input, { maxTokens: 1 })
    await stream.next()
    await sleep(300)
    const before = seen.read
    await sleep(300)
    expect(seen.read).toBe(before)
    expect(before).toBeLessThan(5000)
    await stream.return(undefined)
    expect(seen.closed).toBe(1)
  })

  it('ends with the error of a source, after the translations before it', async () => {
    const { input, seen } = counted(40, (i) => (i === 30 ? 7 : lines[i % lines.length]))
    const texts: string[] = []
    const all = (async () => {
      for await (const { text } of translator.translateStream(input)) texts.push(text)
    })()
    await expect(all).rejects.toMatchObject({ code: 'ERR_INPUT', message: expect.stringContaining('source 30') })
    expect(texts).toEqual(Array.from({ length: 30 }, (_, i) => alone[i % lines.length]))
    expect(seen.closed).toBe(1)
  })

  it('ends with the error of its input, after the translations before it', async () => {
    const broken = new Error('the disk is gone')
    const { input } = counted(12, (i) => {
      if (i === 9) throw broken
      return lines[i % lines.length]
    })
    const texts: string[] = []
    const all = (async () => {
      for await (const { text } of translator.translateStream(input)) texts.push(text)
    })()
    await expect(all).rejects.toBe(broken)
    expect(texts).toHaveLength(9)
  })

  it('stops at an abort, and frees the work under way', async () => {
    const controller = new AbortController()
    const { input, seen } = counted(1_000_000)
    let got = 0
    const all = (async () => {
      for await (const _ of translator.translateStream(input, { signal: controller.signal }))
        if (++got === 20) controller.abort()
    })()
    await expect(all).rejects.toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError' })
    expect({ got, closed: seen.closed }).toEqual({ got: 20, closed: 1 })
    expect((await translator.translate(lines[0])).text).toBe(alone[0])
    // The other worker may be in a step.
    await vi.waitFor(() => expect(translator.statistics()).toMatchObject({ openTexts: 0, liveRows: 0 }))
  })

  it('closes the input of a consumer that leaves', async () => {
    const { input, seen } = counted(1_000_000)
    for await (const { text } of translator.translateStream(input)) {
      expect(text).toBe(alone[0])
      break
    }
    expect(seen.closed).toBe(1)
  })

  it.each([null, 7, { length: 2 }])('refuses %j, which is not iterable', async (input) => {
    const stream = translator.translateStream(input as unknown as string[])
    await expect(stream.next()).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })
})
