import { MessagePort } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Translator } from '#dist/index.js'
import { backendNames, quickest } from './backend-names.ts'
import { lines, tatoeba } from './lines.ts'

async function piecesOf(stream: AsyncIterable<{ text: string }>): Promise<string[]> {
  const pieces: string[] = []
  for await (const { text } of stream) pieces.push(text)
  return pieces
}

describe.each(backendNames)('streaming, %s', (backend) => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend })
  })
  afterAll(() => translator.close())

  it.each([1, 4])('yields pieces that are the translation when joined, %i beams', async (beams) => {
    const texts = ['Je suis étudiant.', ' Oui.\n\nJe ne sais pas quoi faire.  Il pleut. ']
    for (const text of texts) {
      const pieces = await piecesOf(translator.stream(text, { beams, split: 'always' }))
      expect(pieces.join('')).toBe((await translator.translate(text, { beams, split: 'always' })).text)
      expect(pieces.length).toBeGreaterThan(1)
      expect(pieces).not.toContain('')
    }
  })
})

describe(`streaming, ${quickest}`, () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
  })
  afterAll(() => translator.close())

  it('yields the text of translate for many real lines, whatever they contain', async () => {
    const some = [...lines, ...tatoeba(40), 'Émoji 😀 et 你好 et \u200b.', '(((']
    for (const beams of [1, 4]) {
      const expected = await translator.translate(some, { beams })
      const streamed = await Promise.all(some.map((line) => piecesOf(translator.stream(line, { beams }))))
      expect(streamed.map((pieces) => pieces.join(''))).toEqual(expected.map(({ text }) => text))
    }
  })

  it('yields the first piece long before the last', async () => {
    const text = lines.join(' ').repeat(quickest === 'js' ? 4 : 40)
    const stream = translator.stream(text, { beams: 1, split: 'always' })
    await stream.next()
    let ended = false
    const rest = piecesOf(stream).then(() => {
      ended = true
    })
    await new Promise(setImmediate) // pieces that have come are taken by then
    expect(ended).toBe(false)
    await rest
  })

  it('returns the example of docs/api.md token by token with one beam', async () => {
    const pieces = await piecesOf(translator.stream('Il fait froid ce matin.', { beams: 1 }))
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe("It's cold this morning.")
  })

  it('yields nothing for an empty text', async () => {
    expect(await piecesOf(translator.stream(''))).toEqual([])
  })

  it("cancels the worker's work when the loop is left early", async () => {
    const told = vi.spyOn(MessagePort.prototype, 'postMessage')
    for await (const piece of translator.stream(lines.join(' '), { split: 'always' })) if (piece.text) break
    const sent = told.mock.calls.flatMap(([messages]) => messages as { type: string }[])
    expect(sent.map(({ type }) => type)).toEqual(['chunk', 'cancel'])
    told.mockRestore()
    expect((await translator.translate('Oui.')).text).toBe('Yes.')
  })

  it('throws errors in the loop', async () => {
    const failing = (stream: AsyncIterable<{ text: string }>, code: string) =>
      expect(piecesOf(stream)).rejects.toMatchObject({ code })
    await failing(translator.stream('Il pleut. '.repeat(200), { split: 'never' }), 'ERR_INPUT_TOO_LONG')
    await failing(translator.stream('Oui.', { beams: 0 }), 'ERR_OPTION')
    await failing(translator.stream(7 as never), 'ERR_INPUT')
    await failing(translator.stream('Oui.', { signal: AbortSignal.abort() }), 'ERR_ABORTED')
    const controller = new AbortController()
    const stream = translator.stream(lines.join(' ').repeat(20), { signal: controller.signal, split: 'always' })
    await stream.next()
    controller.abort(new Error('enough'))
    await expect(piecesOf(stream)).rejects.toMatchObject({ name: 'AbortError', code: 'ERR_ABORTED' })
  })

  it('leaves no listener at the signal', async () => {
    const { signal } = new AbortController()
    const added: unknown[] = []
    const removed: unknown[] = []
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: unknown[]) => {
      added.push(args[1])
      addEventListener.apply(signal, args as never)
    }
    signal.removeEventListener = (...args: unknown[]) => {
      removed.push(args[1])
      removeEventListener.apply(signal, args as never)
    }
    await piecesOf(translator.stream('Oui.', { signal }))
    await translator.translate('Oui.', { signal })
    await expect(translator.translate('Il pleut. '.repeat(200), { signal, split: 'never' })).rejects.toThrow()
    for await (const _ of translator.stream('Je suis étudiant.', { signal })) break
    expect(added).toHaveLength(4)
    expect(new Set(removed)).toEqual(new Set(added))
  })
})
