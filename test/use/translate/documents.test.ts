import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'

describe('Translator.translate with a format', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { workers: 1 })
  })
  afterAll(() => translator.close())

  test('returns whole documents, with their markup and the model’s translations', async () => {
    const page = await translator.translate(
      '<!doctype html>\n<title>Bonjour</title><p class="a">Cliquez <b>ici</b>, <a href="/x?a=1&b=2">mon ami</a>.\n<pre>Bonjour</pre>',
      { format: 'html' },
    )
    expect(page.text).toMatch(
      /^<!doctype html>\n<title>Hello<\/title><p class="a">.*<b>.*<\/b>.*<a href="\/x\?a=1&b=2">.*<\/a>.*\n<pre>Bonjour<\/pre>$/,
    )
    expect(page.text).toContain('my friend')
    const { text } = await translator.translate('# Bonjour\n\n- Merci *beaucoup*\n- `Bonjour`\n', {
      format: 'markdown',
    })
    expect(text).toBe('# Hello\n\n- Thank you *very much*\n- `Bonjour`\n')
  })

  test('returns the sum of the scores and the ids of all texts', async () => {
    const texts = ['Bonjour', 'Merci beaucoup']
    const [first, second] = await translator.translate(texts)
    const both = await translator.translate(JSON.stringify(texts), { format: 'json', attention: true })
    expect(both).toMatchObject({
      text: JSON.stringify([first.text, second.text]),
      ids: [...first.ids, ...second.ids],
      tokenScores: [...first.tokenScores, ...second.tokenScores],
      finishReason: 'end',
    })
    expect(both.score).toBeCloseTo(first.score + second.score)
    expect(both.attention).toHaveLength(2)
  })

  test('takes several documents, and documents without texts', async () => {
    const results = await translator.translate(['<p>Bonjour</p>', '<hr>', '', '<p>Merci</p>'], { format: 'html' })
    expect(results.map(({ text }) => text)).toEqual(['<p>Hello</p>', '<hr>', '', '<p>Thank you</p>'])
    expect(results[1]).toEqual({ text: '<hr>', score: 0, ids: [], tokenScores: [], finishReason: 'end' })
  })

  test('translates texts that already have a translation only if asked to', async () => {
    const po = 'msgid "Bonjour"\nmsgstr "Hi"\n'
    expect((await translator.translate(po, { format: 'po' })).text).toBe(po)
    expect((await translator.translate(po, { format: 'po', retranslate: true })).text).toBe(
      '# machine translation\nmsgid "Bonjour"\nmsgstr "Hello"\n',
    )
  })

  test.each([
    [
      'a document that cannot be parsed',
      () => translator.translate(['<a/>', '<a>\n<b></a>'], { format: 'xml' }),
      'ERR_INPUT',
      /^source 1: line 2: no <\/b> closes <b>/,
    ],
    ['ids', () => translator.translate([1, 2], { format: 'html' }), 'ERR_INPUT', /a source in html is a text, not ids/],
    [
      'several alternatives',
      () => translator.translate('a', { format: 'html', alternatives: 2 }),
      'ERR_OPTION',
      /'alternatives'/,
    ],
    [
      'another format',
      () => translator.translate('a', { format: 'htm' as never }),
      'ERR_OPTION',
      /'format' must be one of text, html.*Did you mean html/,
    ],
    [
      'translateSync',
      async () => translator.translateSync('a', { format: 'html' }),
      'ERR_OPTION',
      /translateSync takes texts; translate takes documents in html/,
    ],
    ['stream', () => translator.stream('a', { format: 'srt' }).next(), 'ERR_OPTION', /stream takes texts/],
    [
      'a text that is too long, with its document and line',
      () => translator.translate(['<p>a', `<p>x\n\n<p>${'mot '.repeat(2000)}`], { format: 'html', split: 'never' }),
      'ERR_INPUT_TOO_LONG',
      /^source 1: line 3: a source of \d+ tokens/,
    ],
    [
      'the only text, too long',
      () => translator.translate(`\n<p>${'mot '.repeat(2000)}`, { format: 'html', split: 'never' }),
      'ERR_INPUT_TOO_LONG',
      /^line 2: a source of \d+ tokens/,
    ],
  ])('refuses %s', async (_, call, code, message) => {
    const error = await call().then(
      () => null,
      (reason) => reason,
    )
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('is aborted by its signal', async () => {
    const signal = AbortSignal.abort()
    await expect(translator.translate('<p>Bonjour', { format: 'html', signal })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    })
  })
})
