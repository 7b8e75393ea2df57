import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TranslateOptions, Translator } from '#dist/index.js'
import { backendNames, quickest } from './backend-names.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { backend: quickest })
})
afterAll(() => translator.close())

const greedy = { beams: 1 } as const

async function streamed(text: string, options: TranslateOptions = greedy): Promise<string> {
  let whole = ''
  for await (const piece of translator.stream(text, options)) whole += piece.text
  return whole
}

describe(`splitting into sentences (${backendNames[0]})`, () => {
  it('keeps the white space between sentences', async () => {
    const alone = async (text: string) => (await translator.translate(text, greedy)).text
    const [yes, no, rains] = [await alone('Oui.'), await alone('Non !'), await alone('Il pleut.')]
    const { text } = await translator.translate('  Oui.  Non !\n\n\tIl pleut.\r\n', { ...greedy, split: 'always' })
    expect(text).toBe(`  ${yes}  ${no}\n\n\t${rains}\r\n`)
  })

  it('is the default for a model that was trained on sentences: each is translated as if it stood alone', async () => {
    const sentences = ['Je suis étudiant.', 'Il fait froid ce matin.', 'Merci beaucoup.']
    const text = sentences.join(' ')
    const alone = (await translator.translate(sentences, greedy)).map((each) => each.text)
    expect(translator.model.trainedOn).toBe('sentences')
    expect((await translator.translate(text, greedy)).text).toBe(alone.join(' '))
    expect(translator.translateSync(text, greedy).text).toBe(alone.join(' '))
    expect(await streamed(text)).toBe(alone.join(' '))
    expect(alone).toEqual(['I am a student.', "It's cold this morning.", 'Thank you very much.'])
  })

  it('keeps the paragraphs, blank lines, indents and line ends of an e-mail, whatever option split says', async () => {
    const lines = [
      'Bonjour Marie,',
      'Il fait froid ce matin. Où est la gare ?',
      '- Merci beaucoup.',
      'Je suis étudiant.',
      'Tom',
    ]
    const ends = ['\n\n', '\r\n  \r\n', '\n\n\n\t', '  \n', '\n']
    const mail = `\n ${lines.map((line, i) => line + ends[i]).join('')}`
    for (const split of ['auto', 'long', 'always', 'never'] as const) {
      const options = { ...greedy, split }
      const alone = (await translator.translate(lines, options)).map(({ text }) => text)
      const expected = `\n ${alone.map((line, i) => line + ends[i]).join('')}`
      expect((await translator.translate(mail, options)).text, split).toBe(expected)
      expect(translator.translateSync(mail, options).text, split).toBe(expected)
      expect(await streamed(mail, options), split).toBe(expected)
    }
  })

  it('leaves the sentences of a short line together with long, as with never', async () => {
    const text = 'Oui. Il pleut.'
    const whole = await translator.translate(text, { ...greedy, split: 'never' })
    expect(await translator.translate(text, { ...greedy, split: 'long' })).toEqual(whole)
    expect(whole.ids.filter((id) => id === translator.model.config.ids.end)).toHaveLength(1)
    const split = await translator.translate(text, { ...greedy, split: 'always' })
    expect(split.ids.filter((id) => id === translator.model.config.ids.end)).toHaveLength(2)
  })

  it('splits texts of more tokens than the model was made for, and keeps their paragraphs', async () => {
    const paragraph = 'Il pleut. Je ne sais pas quoi faire. '.repeat(6)
    const text = `${paragraph}\n\n${paragraph}`
    const auto = await translator.translate(text, { ...greedy, split: 'long' })
    expect(auto).toEqual(await translator.translate(text, { ...greedy, split: 'always' }))
    expect(auto.text.match(/It's raining|It rains/g)).toHaveLength(12)
    expect(auto.text).toMatch(/ \n\n\S/)
  })

  it('refuses, with never, texts beyond the limit of the model, giving their length and advice', async () => {
    const text = 'Il pleut. '.repeat(200)
    const { maxLength } = translator.model.config
    await expect(translator.translate(text, { ...greedy, split: 'never' })).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: expect.stringMatching(
        new RegExp(`^a source of \\d+ tokens.* longer than the model's ${maxLength}.*'auto'`),
      ),
    })
  })

  it('sums the scores of the sentences and concatenates their tokens', async () => {
    const [a, b] = await translator.translate(['Oui.', 'Il pleut.'], greedy)
    const both = await translator.translate('Oui. Il pleut.', { ...greedy, split: 'always' })
    expect(both.ids).toEqual([...a.ids, ...b.ids])
    expect(both.score).toBeCloseTo(a.score + b.score, 4)
  })

  it('makes the n-th alternative of a text from the n-th best of each sentence', async () => {
    const options = { beams: 4, alternatives: 2 }
    const [a, b] = await translator.translate(['Je suis étudiant.', 'Il pleut.'], options)
    const both = await translator.translate('Je suis étudiant. Il pleut.', { ...options, split: 'always' })
    const texts = (rank: number) => `${a.alternatives![rank].text} ${b.alternatives![rank].text}`
    expect(both.alternatives!.map(({ text }) => text)).toEqual([texts(0), texts(1)])
  })
})

describe('sentences that are packed', () => {
  const sentences = ['Je suis étudiant.', 'Il fait froid ce matin.', 'Merci beaucoup.']
  const ends = (ids: readonly number[]) => ids.filter((id) => id === translator.model.config.ids.end).length

  it('are read as one where that is likelier, and have their white space', async () => {
    const text = '  Oui.  Merci beaucoup.\tOù est la gare ?\n\nOui.'
    const packed = await translator.translate(text, { split: 'packed' })
    expect(packed.text).toMatch(/^ {2}Yes\. {2}Thank you very much\.\tWhere is the station\?\n\nYes\.$/)
    expect(await streamed(text, { split: 'packed' })).toBe(packed.text)
    expect(translator.translateSync(text, { split: 'packed' }).text).toBe(packed.text)
    expect(ends(packed.ids)).toBe(2)
  })

  it('are read alone where the passage has another number of sentences, or is less likely', async () => {
    // Long passages: a model that was trained on sentences leaves some of them out.
    const text = [...sentences, 'Où est la gare ?', 'Tom a perdu ses clés hier.', ...sentences].join(' ')
    const whole = await translator.translate(text, { split: 'never' })
    const packed = await translator.translate(text, { split: 'packed' })
    const alone = await translator.translate(text, { split: 'always' })
    const mean = ({ tokenScores }: { tokenScores: readonly number[] }) =>
      tokenScores.reduce((a, b) => a + b, 0) / tokenScores.length
    expect(mean(whole)).toBeLessThan(mean(alone))
    expect(packed).toEqual(alone)
  })

  it('fill passages of at most packTokens tokens', async () => {
    const text = sentences.join(' ')
    const alone = await translator.translate(text, { split: 'always' })
    expect(await translator.translate(text, { split: 'packed', packTokens: 5 })).toEqual(alone)
    await expect(translator.translate(text, { split: 'packed', packTokens: 0 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  })

  it('keep protected parts, tags, glossary terms and places', async () => {
    const text = 'Cliquez <b>ici</b>. Bonjour {name}. Où est ma clé USB ?'
    const glossary = { 'clé USB': 'USB stick' }
    const packed = await translator.translate(text, { split: 'packed', glossary })
    expect(packed.text).toBe('Click <b>here</b>. Hello {name}. Where is my USB stick?')
    expect(packed.spans!.map(({ start, end }) => packed.text.slice(start, end))).toEqual(['<b>', '</b>', '{name}'])
    const [term] = packed.glossary!
    expect(text.slice(term.start, term.end)).toBe('clé USB')
  })
})
