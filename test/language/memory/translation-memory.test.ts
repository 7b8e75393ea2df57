import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TranslationMemory, Translator } from '#dist/index.js'
import { glassformer } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()
let files = 0
const path = () => join(scratch, `${files++}.memory`)

/** The edit distance of two lists, by its definition. */
function distance(a: readonly string[], b: readonly string[]): number {
  if (!a.length || !b.length) return a.length + b.length
  const rest = distance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1)
  return Math.min(rest, distance(a.slice(1), b) + 1, distance(a, b.slice(1)) + 1)
}

describe('a translation memory', () => {
  it('finds exactly what has been added, the newest first, and keeps it in its file', () => {
    const file = path()
    const memory = TranslationMemory.open(file)
    memory.add('Bonjour.', 'Hello.')
    memory.add('Merci.', 'Thanks.')
    memory.add(' Bonjour. ', 'Good morning.')
    expect(memory.size).toBe(2)
    expect(memory.find('Bonjour.')).toEqual({ source: 'Bonjour.', target: 'Good morning.' })
    expect(memory.find('bonjour.')).toBeNull()
    expect(() => memory.add('', 'x')).toThrow(/a text with words/)
    memory.close()
    const again = TranslationMemory.open(file)
    expect(again.size).toBe(2)
    expect([...again.units()]).toEqual([
      { source: 'Merci.', target: 'Thanks.' },
      { source: 'Bonjour.', target: 'Good morning.' },
    ])
    again.close()
  })

  it('survives a last line that is cut short, and refuses other files', () => {
    const file = path()
    const memory = TranslationMemory.open(file)
    memory.add('un', 'one')
    memory.close()
    appendFileSync(file, '["deux","tw')
    const again = TranslationMemory.open(file)
    expect(again.size).toBe(1)
    again.add('trois', 'three')
    again.close()
    expect(readFileSync(file, 'utf8').split('\n').slice(1)).toEqual(['["un","one"]', '["trois","three"]', ''])
    appendFileSync(file, '{}\n')
    expect(() => TranslationMemory.open(file)).toThrow(/line 4: this is no unit/)
    const other = path()
    writeFileSync(other, 'Bonjour\n')
    expect(() => TranslationMemory.open(other)).toThrow(/line 1: this is no translation memory/)
    expect(readFileSync(other, 'utf8')).toBe('Bonjour\n')
  })

  it('scores like units by the edit distance of their words and signs', () => {
    const memory = TranslationMemory.open(path())
    const words = ['le', 'chat', 'dort', 'mange', 'ici', 'noir']
    let state = 5
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
      return (state >> 8) % below
    }
    const sentence = () => Array.from({ length: 2 + random(5) }, () => words[random(words.length)])
    const all = new Map(Array.from({ length: 300 }, () => sentence()).map((each) => [each.join(' '), each]))
    for (const each of all.keys()) memory.add(each, each)
    for (let n = 0; n < 40; n++) {
      const query = sentence()
      const scores = [...all.values()]
        .map((each) => 1 - distance(query, each) / Math.max(query.length, each.length))
        .filter((score) => score >= 0.7)
        .sort((a, b) => b - a)
      const found = memory.similar(query.join(' '), { threshold: 0.7, most: 1000 })
      expect(found.map(({ score }) => score.toFixed(9))).toEqual(scores.map((score) => score.toFixed(9)))
    }
    memory.close()
  })

  it('does not count case and spaces as words, nor takes them for the text itself', () => {
    const memory = TranslationMemory.open(path())
    memory.add('Le chat dort.', 'The cat sleeps.')
    expect(memory.similar('le  chat dort.')).toEqual([
      { source: 'Le chat dort.', target: 'The cat sleeps.', score: 0.99 },
    ])
    expect(memory.similar('Le chat mange.')[0].score).toBe(0.75)
    expect(memory.similar('Un chien mange.')).toEqual([])
    memory.close()
  })
})

describe('TMX', () => {
  it('is read with regions, formatting and entities, and written so that it is read again', async () => {
    const tmx = join(scratch, 'a.tmx')
    writeFileSync(
      tmx,
      `<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header srclang="fr"/><body>
<tu><tuv xml:lang="fr-FR"><seg>Le <bpt i="1">&lt;b&gt;</bpt>chat<ept i="1">&lt;/b&gt;</ept> &amp; moi</seg></tuv><tuv xml:lang="EN"><seg>The <hi>cat</hi> &amp; I</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Hallo</seg></tuv><tuv xml:lang="en"><seg>Hello</seg></tuv></tu>
<tu><tuv xml:lang="fr"><seg>Merci</seg></tuv><tuv xml:lang="en-US"><seg>Thanks</seg></tuv></tu></body></tmx>`,
    )
    const memory = TranslationMemory.open(path())
    expect(await memory.importTmx(tmx, { source: 'fr', target: 'en' })).toBe(2)
    expect(memory.find('Le chat & moi')?.target).toBe('The cat & I')
    const out = join(scratch, 'b.tmx')
    await memory.exportTmx(out, { source: 'fr', target: 'en' })
    const again = TranslationMemory.open(path())
    expect(await again.importTmx(out, { source: 'fr', target: 'en' })).toBe(2)
    expect([...again.units()]).toEqual([...memory.units()])
    await expect(again.importTmx(join(scratch, 'none.tmx'), { source: 'fr', target: 'en' })).rejects.toMatchObject({
      code: 'ERR_FILE',
    })
    writeFileSync(out, '<a/>')
    await expect(again.importTmx(out, { source: 'fr', target: 'en' })).rejects.toThrow('this is no TMX')
  })
})

describe('a translation with a memory', () => {
  let translator: Translator
  const memory = TranslationMemory.open(path())
  beforeAll(async () => {
    translator = await Translator.load(undefined, { workers: 1 })
    memory.add('Je suis étudiant.', 'I am a pupil.')
  })
  afterAll(() => translator.close())

  it('begins as the translation of a similar text does, as far as both begin alike', async () => {
    const own = TranslationMemory.open(path())
    own.add('Nous avons acheté une grande maison à Paris.', 'We purchased a spacious house in Paris.')
    own.add('Le chat de ma voisine dort sur le canapé.', "My neighbour's tomcat is asleep on the sofa.")
    const use = { memory: own, memoryUse: 'begin' } as const
    const lyon = 'Nous avons acheté une grande maison à Lyon.'
    const bed = 'Le chat de ma voisine dort sur le lit.'
    const begun = await translator.translate(lyon, use)
    expect(begun.text).toBe('We purchased a spacious house in Lyon.')
    expect(begun.memory).toMatchObject([{ score: 8 / 9, begun: 'We purchased a spacious house in' }])
    expect(begun.tokenScores).toHaveLength(begun.ids.length)
    const [{ tokenScores }] = await translator.score([{ source: lyon, target: begun.ids }])
    for (const [i, score] of begun.tokenScores.entries()) expect(score).toBeCloseTo(tokenScores[i], 2)
    // Sentence by sentence, and beside texts that are like none.
    const [both, plain] = await translator.translate([`${lyon} ${bed}`, 'Il pleut.'], use)
    expect(both.text).toBe(`${begun.text} My neighbour's tomcat is asleep on the bed.`)
    expect(plain.memory).toBeUndefined()
    const other = 'Vous avez acheté une grande maison à Paris.'
    const { text, memory: units } = await translator.translate(other, use)
    expect(text).toBe((await translator.translate(other)).text)
    expect(units![0].begun).toBeUndefined()
    own.close()
  })

  it('takes texts and sentences that the memory has, and suggests what is like others', async () => {
    const [whole, part, like, other] = await translator.translate(
      [' Je suis étudiant.', 'Merci beaucoup. Je suis étudiant.', 'Je suis médecin.', 'Il pleut.'],
      { memory },
    )
    expect(whole).toMatchObject({ text: ' I am a pupil.', finishReason: 'end', memory: [{ score: 1 }] })
    expect(part.text).toBe('Thank you very much. I am a pupil.')
    expect(like.text).toMatch(/doctor/)
    expect(like.memory).toEqual([{ source: 'Je suis étudiant.', target: 'I am a pupil.', score: 0.75 }])
    expect(other.memory).toBeUndefined()
    const strict = await translator.translate('Je suis médecin.', { memory, memoryThreshold: 1 })
    expect(strict.memory).toBeUndefined()
    await expect(translator.translate('a', { memory: {} as never })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  it.each([
    ['a text that it has', 'Je suis étudiant.', {}],
    ['a sentence that it has between others', '  Merci beaucoup. Je suis étudiant. Il pleut.\n', {}],
    ['a sentence that begins as a similar one', 'Je suis médecin. Merci beaucoup.', { memoryUse: 'begin' }],
    ['a text like one, with several beams', 'Je suis médecin.', { beams: 2 }],
    ['a text like none', 'Il pleut.', {}],
  ] as const)('streams %s as the translation that translate returns', async (_, text, options) => {
    const expected = await translator.translate(text, { memory, ...options })
    const stream = translator.stream(text, { memory, ...options })
    const pieces: string[] = []
    let next = await stream.next()
    for (; !next.done; next = await stream.next()) pieces.push(next.value.text)
    expect(pieces.join('')).toBe(expected.text)
    expect(next.value).toEqual(expected)
  })

  it('is a command, and a flag of glassformer translate', async () => {
    const file = path()
    expect((await glassformer(['memory', file, '--add', 'Bonjour.', 'Hiya.'])).stderr).toBe(
      `glassformer: ${file} has 1 unit\n`,
    )
    const tmx = join(scratch, 'c.tmx')
    await glassformer(['memory', file, '--export', tmx, '--from', 'fr', '--to', 'en'])
    const copy = path()
    await glassformer(['memory', copy, '--import', tmx, '--from', 'fr', '--to', 'en'])
    expect((await glassformer(['memory', copy, '--find', 'bonjour.'])).stdout).toBe('99 %\tBonjour.\tHiya.\n')
    expect((await glassformer(['translate', '--memory', copy, 'Bonjour.'])).stdout).toBe('Hiya.\n')
    expect((await glassformer(['translate', '--memory', path(), 'Bonjour.'])).code).toBe(1)
  })
})
