import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LoadOptions, type Translation, Translator } from '#dist/index.js'
import { quickest } from './backend-names.ts'
import { lines } from './lines.ts'

/** More text than any machine translates before a test looks again. */
const many: string[] = Array(1000).fill(lines).flat()
const load = (options: LoadOptions = {}) => Translator.load(undefined, { backend: quickest, workers: 1, ...options })
const textOf = ({ text }: Translation) => text
/** The translation of each line by itself. */
let alone: Map<string, string>
beforeAll(async () => {
  await using translator = await load()
  alone = new Map()
  for (const line of lines) alone.set(line, (await translator.translate(line)).text)
})

describe('a request that ends early', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await load({ batchTokens: 400 })
  })
  afterAll(() => translator.close())
  const hasRows = () => vi.waitUntil(() => translator.statistics().liveRows > 0, { interval: 1, timeout: 60_000 })
  const isEmpty = () => vi.waitUntil(() => translator.statistics().liveRows === 0, { interval: 1, timeout: 60_000 })

  it('is timed out: the promise rejects, and its rows are free', async () => {
    const message = 'the request was not done within 300 ms (timeout): allow more, or ask for less at a time'
    const refused = { code: 'ERR_TIMEOUT', name: 'GlassformerError', message }
    await expect(translator.translate(many, { timeout: 300 })).rejects.toMatchObject(refused)
    const nothing = { openTexts: 0, waitingTexts: 0, waitingTokens: 0, liveSentences: 0, liveTokens: 0, liveRows: 0 }
    // On a busy machine, the worker may be reading its first texts, so that no rows are live yet.
    await vi.waitFor(() => expect(translator.statistics()).toMatchObject(nothing), { interval: 1, timeout: 60_000 })
    expect(translator.statistics().requests.timedOut).toBe(1)
    expect(textOf(await translator.translate('Oui.'))).toBe('Yes.')
  })

  it('frees its rows before the next step when it is aborted', async () => {
    const controller = new AbortController()
    const translating = translator.translate(many, { signal: controller.signal })
    await hasRows()
    controller.abort()
    await expect(translating).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    const { count } = translator.statistics().stepSeconds
    await isEmpty()
    // The step that was under way, and no other step that was taken with its rows.
    expect(translator.statistics().stepSeconds.count - count).toBeLessThanOrEqual(2)
  })

  it('has a timeout in every call, and an answer in time', async () => {
    // More text than can be translated in the shortest time that a timer waits, a millisecond.
    const timeout = 1e-3
    const refused = { code: 'ERR_TIMEOUT' }
    await expect(translator.generate(Array(40).fill([5, 6, 7]), { timeout })).rejects.toMatchObject(refused)
    await expect(
      translator.score(
        many.map((line) => ({ source: line, target: line })),
        { timeout },
      ),
    ).rejects.toMatchObject(refused)
    await expect(translator.encode(many, { timeout })).rejects.toMatchObject(refused)
    await expect(translator.stream(many.join(' '), { timeout }).next()).rejects.toMatchObject(refused)
    await expect(translator.translateStream([many.join(' ')], { timeout }).next()).rejects.toMatchObject(refused)
    expect(() => translator.translateSync(lines, { timeout })).toThrow(expect.objectContaining(refused))
    expect(textOf(translator.translateSync('Oui.', { timeout: 1e9 }))).toBe('Yes.')
    expect(textOf(await translator.translate('Oui.', { timeout: 1e9 }))).toBe('Yes.')
  })

  it.each([
    ['timeout', 0, /^option 'timeout' must be above 0 and at most 2147483647, not 0$/],
    ['timeout', Number.POSITIVE_INFINITY, /^option 'timeout' must be a finite number, not Infinity$/],
    ['priority', 11, /^option 'priority' must be an integer from -10 to 10, not 11$/],
    ['client', 7, /^option 'client' must be a text, not 7$/],
  ])('%s: %o is refused', async (name, value, message) => {
    const refused = { code: 'ERR_OPTION', message: expect.stringMatching(message) }
    await expect(translator.translate('Oui.', { [name]: value })).rejects.toMatchObject(refused)
    await expect(translator.generate([5], { [name]: value })).rejects.toMatchObject(refused)
  })
})

describe('turns', () => {
  it('a client with one request does not wait for a client with hundreds', async () => {
    await using translator = await load({ batchTokens: 200 })
    let answered = 0
    const flood = Array.from({ length: 600 }, (_, i) =>
      translator.translate(lines[i % lines.length], { client: 'flood', beams: 1 }).then(() => answered++),
    )
    await translator.translate('Oui.', { client: 'other', beams: 1 })
    expect(answered).toBeLessThan(300)
    await Promise.all(flood)
  })

  it('a higher priority goes first', async () => {
    await using translator = await load({ batchTokens: 1 })
    const order: number[] = []
    const text = 'Il pleut. '.repeat(80) // more than is small: most of them wait for the worker
    const translating = [0, -1, 1, 0, 2, -1, 1, 2].map((priority) =>
      translator.translate(text, { priority, beams: 1 }).then(() => order.push(priority)),
    )
    await Promise.all(translating)
    const inLine = order.slice(order.indexOf(2)) // those before it were at the worker already
    expect(inLine).toEqual([...inLine].sort((a, b) => b - a))
    expect(inLine.length).toBeGreaterThan(2)
  })
})

describe('a full queue', () => {
  it('refuses requests at once that would exceed its texts, and has room again later', async () => {
    await using translator = await load({ queueTexts: 10 })
    const calls = Array.from({ length: 40 }, (_, i) => translator.translate(lines[i % lines.length]))
    const results = await Promise.allSettled(calls)
    expect(results.slice(0, 10).map((result) => result.status === 'fulfilled' && result.value.text)).toEqual(
      lines.slice(0, 10).map((line) => alone.get(line)),
    )
    for (const result of results.slice(10)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_BUSY', retryAfter: expect.any(Number) } })
      expect((result as PromiseRejectedResult).reason.message).toMatch(
        /^the queue is full: 10 texts of at most 10 \(queueTexts\) are open, and this call has 1 text; ask again in about [\d,]+ ms, or send fewer at a time$/,
      )
    }
    expect(translator.statistics()).toMatchObject({
      openTexts: 0,
      requests: { accepted: 10, answered: 10, refused: 30 },
    })
    expect(await translator.translate(lines)).toHaveLength(lines.length) // more than 10, but alone
  })

  it('refuses by characters too, also in calls other than translate', async () => {
    await using translator = await load({ queueCharacters: 100 })
    const translating = translator.translate('a'.repeat(90))
    const refused = {
      code: 'ERR_BUSY',
      message: expect.stringContaining('90 characters of at most 100 (queueCharacters)'),
    }
    await expect(translator.score([{ source: 'Oui.', target: 'Yes, yes.' }])).rejects.toMatchObject(refused)
    await expect(translator.translateStream(['Bonjour, Tom.']).next()).rejects.toMatchObject(refused)
    expect(textOf(await translator.translate('Oui.'))).toBe('Yes.')
    await translating
  })
})

describe('cached results', () => {
  it('are returned again for the same text and options, and for no others', async () => {
    await using translator = await load({ cacheBytes: 1e6 })
    const first = await translator.translate(lines)
    const again = await translator.translate([...lines].reverse(), { client: 'other', timeout: 1e6, priority: 2 })
    expect(again.reverse()).toEqual(first)
    const { cache, sentences } = translator.statistics()
    expect(cache).toMatchObject({ hits: lines.length, misses: lines.length, entries: lines.length })
    first[0].text = 'changed by the caller'
    expect(textOf(await translator.translate(lines[0]))).toBe(alone.get(lines[0]))
    let streamed = ''
    for await (const { text } of translator.stream(lines[2])) streamed += text
    expect(streamed).toBe(alone.get(lines[2]))
    expect(translator.statistics().sentences).toBe(sentences)
    for (const options of [{ beams: 1 }, { protect: [/x/] }, { split: 'never' as const }]) {
      const before = translator.statistics().cache.misses
      await translator.translate(lines[0], options)
      expect(translator.statistics().cache.misses).toBe(before + 1)
    }
    const sampled = { sample: true, beams: 1 }
    await translator.translate(lines[0], sampled)
    await translator.translate(lines[0], { maxTime: 60 })
    expect(translator.statistics().cache.entries).toBe(lines.length + 3)
  })

  it('take at most the given number of bytes, and the oldest are dropped first', async () => {
    await using translator = await load({ cacheBytes: 2000 })
    for (const line of lines) {
      await translator.translate('Oui.')
      await translator.translate(line)
      expect(translator.statistics().cache.bytes).toBeLessThanOrEqual(2000)
    }
    const { cache } = translator.statistics()
    expect(cache.entries).toBeLessThan(lines.length)
    expect(cache.hits).toBeGreaterThanOrEqual(lines.length - 1) // 'Oui.' is asked for again and again
  })

  it('do not exist unless the cache is enabled', async () => {
    await using translator = await load()
    for (let i = 0; i < 2; i++) await translator.translate('Oui.')
    expect(translator.statistics()).toMatchObject({ sentences: 2, cache: { hits: 0, misses: 0, entries: 0, bytes: 0 } })
  })
})

describe('a thousand calls at once', () => {
  const workers: Worker[] = []
  const remember = (worker: Worker) => workers.push(worker)
  beforeEach(() => process.on('worker', remember))
  afterEach(() => process.off('worker', remember))

  it('with aborts, deadlines, priorities, clients and deaths of workers are each answered once, as if alone', async () => {
    await using translator = await load({ workers: 2 })
    const answers = new Array<number>(1000).fill(0)
    const outcomes = { aborted: 0, timedOut: 0 }
    const calls = answers.map(async (_, i) => {
      const line = lines[(7 * i) % lines.length]
      const controller = new AbortController()
      const options = {
        client: i % 10 ? 'flood' : 'other',
        priority: i % 3,
        signal: controller.signal,
        ...(i % 17 === 3 && { timeout: 1 + (i % 50) }),
      }
      const isAborted = i % 13 === 5
      if (isAborted) setTimeout(() => controller.abort(), i % 100)
      try {
        expect(textOf(await translator.translate(line, options))).toBe(alone.get(line))
      } catch (error) {
        const { code } = error as { code?: string }
        if (code === 'ERR_ABORTED' && isAborted) outcomes.aborted++
        else if (code === 'ERR_TIMEOUT' && options.timeout) outcomes.timedOut++
        else throw error
      } finally {
        answers[i]++
      }
    })
    for (let death = 0; death < 3; death++) {
      await vi.waitUntil(() => translator.statistics().sentences >= 100 * (death + 1), { interval: 1, timeout: 60_000 })
      await workers.at(-1)!.terminate()
    }
    await Promise.all(calls)
    expect(answers).toEqual(Array(1000).fill(1))
    const { requests, openTexts, openCharacters, workerDeaths } = translator.statistics()
    expect(requests).toMatchObject({ ...outcomes, accepted: 1000, failed: 0, refused: 0 })
    expect(requests.answered).toBe(1000 - outcomes.aborted - outcomes.timedOut)
    expect({ openTexts, openCharacters }).toEqual({ openTexts: 0, openCharacters: 0 })
    expect(workerDeaths).toBe(3)
  })

  it('a stream continues after its worker has died, and repeats no piece', async () => {
    await using translator = await load()
    const text = lines.join(' ').repeat(3)
    const expected = textOf(await translator.translate(text))
    let streamed = ''
    let pieces = 0
    for await (const piece of translator.stream(text)) {
      streamed += piece.text
      if (++pieces === 5) await workers.at(-1)!.terminate()
    }
    expect(streamed).toBe(expected)
    expect(translator.statistics().workerDeaths).toBe(1)
  })
})
