import { expect, it, vi } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { render } from '#dist/cli/lines/outcome.js'
import { isFailure, translateEach } from '#dist/use/translate/calls/translate-each.js'
import type { Translator } from '#dist/use/translate/translator.js'

const translation = (text: string) => ({ text, score: -1, ids: [0], tokenScores: [-1], finishReason: 'end' as const })

/** A translator that cannot take the text 'long', nor anything that it has with it. */
const translate = vi.fn(async (given: string | string[]) => {
  if (given === 'long' || given.includes('long')) throw new GlassformerError('ERR_INPUT_TOO_LONG', 'it is too long')
  return Array.isArray(given) ? given.map(translation) : translation(given)
})

it('a text that the model cannot take does not keep the others from being translated', async () => {
  const outcomes = await translateEach(['a', 'long', 'b'], { translate } as unknown as Translator, {})
  expect(outcomes.map((outcome) => (isFailure(outcome) ? outcome.code : outcome.text))).toEqual([
    'a',
    'ERR_INPUT_TOO_LONG',
    'b',
  ])
})

it('an error about no single text fails all texts, without a retry', async () => {
  const failing = vi.fn(async () => Promise.reject(new GlassformerError('ERR_WORKER', 'a worker thread died')))
  await expect(translateEach(['a', 'b'], { translate: failing } as unknown as Translator, {})).rejects.toMatchObject({
    code: 'ERR_WORKER',
  })
  expect(failing).toHaveBeenCalledTimes(1)
})

it('an error about no single text, raised while texts are retried one by one, fails all texts too', async () => {
  const failing = async (given: string | string[]) => {
    if (given === 'b') throw new GlassformerError('ERR_WORKER', 'a worker thread died')
    return translate(given)
  }
  const translator = { translate: failing } as unknown as Translator
  await expect(translateEach(['a', 'long', 'b'], translator, {})).rejects.toMatchObject({ code: 'ERR_WORKER' })
})

it('a line stays one line, whatever line ends its translation has; a text keeps them', () => {
  const outcome = translation('a\r\n\nb\n')
  expect(render('x', outcome, { json: false, ids: false, oneLine: true })).toBe('a b \n')
  expect(render('x', outcome, { json: false, ids: false, oneLine: false })).toBe('a\r\n\nb\n\n')
})

it('alternatives are below their source; a source of only white space stays a line', () => {
  const outcome = { ...translation('a'), alternatives: [translation('a'), translation('b')] }
  const options = { json: false, ids: false, oneLine: true }
  expect(render('x', outcome, options)).toBe('x\n    -1.000  a\n    -1.000  b\n')
  expect(render(' \t', outcome, options)).toBe('\n')
})

it('a carriage return within a line stays, and so does the line end', () => {
  const options = { json: false, ids: false, oneLine: true }
  expect(render('x', translation('a\rb'), options, '\r\n')).toBe('a\rb\r\n')
  expect(render('x', new GlassformerError('ERR_INPUT', 'no'), options, '\r\n')).toBe('\r\n')
})

it('ids take the place of texts where they are asked for', () => {
  const outcome = { ...translation('a'), ids: [3, 0] }
  const options = { json: false, ids: true, oneLine: true }
  expect(render([5, 0], outcome, options)).toBe('3 0\n')
  expect(render([5, 0], { ...outcome, alternatives: [outcome, outcome] }, options)).toBe(
    '5 0\n    -1.000  3 0\n    -1.000  3 0\n',
  )
  expect(JSON.parse(render([5, 0], outcome, { ...options, json: true }))).toMatchObject({ source: [5, 0], ids: [3, 0] })
})
