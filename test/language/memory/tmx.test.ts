import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TranslationMemory, Translator } from '#dist/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()
const languages = { source: 'fr', target: 'en' }
let files = 0

const tmxOf = (units: string) =>
  `<?xml version="1.0"?><tmx version="1.4"><header srclang="fr"><prop type="x">header</prop></header><body>${units}</body></tmx>`

/** A memory with these units of TMX. */
async function memoryOf(units: string): Promise<TranslationMemory> {
  const path = join(scratch, `${files++}`)
  writeFileSync(`${path}.tmx`, tmxOf(units))
  const memory = TranslationMemory.open(`${path}.memory`)
  await memory.importTmx(`${path}.tmx`, languages)
  return memory
}

/** The body of a memory's export, after it has been closed and opened again. */
async function exported(memory: TranslationMemory): Promise<string> {
  memory.close()
  const path = join(scratch, `${files - 1}`)
  const again = TranslationMemory.open(`${path}.memory`)
  await again.exportTmx(`${path}.out.tmx`, languages)
  again.close()
  return /<body>\s*(.*?)\s*<\/body>/s.exec(readFileSync(`${path}.out.tmx`, 'utf8'))?.[1] ?? ''
}

const unit = (source: string, target: string) =>
  `<tu><tuv xml:lang="fr"><seg>${source}</seg></tuv><tuv xml:lang="en"><seg>${target}</seg></tuv></tu>`

describe('an export of TMX has again', () => {
  it.each([
    [
      'formatting',
      unit(
        'Le <bpt i="1" type="bold">&lt;b&gt;</bpt>chat<ept i="1">&lt;/b&gt;</ept> dort.',
        'The <bpt i="1">&lt;b&gt;</bpt>cat<ept i="1">&lt;/b&gt;</ept> sleeps.',
      ),
    ],
    [
      'placeholders',
      unit(
        'Bonjour <ph x="1">%s</ph>, <ph x="2">&lt;br/&gt;</ph>au revoir',
        'Hello <ph x="1">%s</ph>, <ph x="2">&lt;br/&gt;</ph>goodbye',
      ),
    ],
    [
      'isolated codes',
      unit('un <it pos="begin" x="1">&lt;i&gt;</it>deux', 'one <it pos="begin" x="1">&lt;i&gt;</it>two'),
    ],
    ['highlights', unit('Le <hi type="term">chat</hi> &amp; moi', 'The <hi type="term">cat</hi> &amp; I')],
    [
      'date, author, client, notes and context',
      '<tu tuid="7" changedate="20240131T120000Z" changeid="ann"><note>vu</note><prop type="client">A &amp; B</prop><tuv xml:lang="fr" creationid="bob"><prop type="x-context">menu</prop><seg>Ouvrir</seg></tuv><tuv xml:lang="en" creationdate="20240101T000000Z"><note xml:lang="en">ok</note><seg>Open</seg></tuv></tu>',
    ],
    ['several translations of a text', unit('Merci', 'Thanks') + unit('Merci', 'Thank you') + unit('Merci', 'Cheers')],
  ])('%s', async (_, units) => {
    const memory = await memoryOf(units)
    expect((await exported(memory)).replaceAll('\n', '')).toBe(units)
  })

  it('a unit for each of several texts in the target language, once', async () => {
    const two =
      '<tu><tuv xml:lang="fr"><seg>a b</seg></tuv><tuv xml:lang="en"><seg>c</seg></tuv><tuv xml:lang="en-GB"><seg>no</seg></tuv><tuv xml:lang="en"><seg>d</seg></tuv></tu>'
    const memory = await memoryOf(two + two)
    expect([...memory.units()].map(({ target }) => target)).toEqual(['c', 'd'])
    expect(memory.size).toBe(2)
    expect(memory.find('a b')?.target).toBe('d')
    expect(memory.similar('a b').map(({ target }) => target)).toEqual(['c', 'd'])
    memory.add('a b', 'e')
    expect([...memory.units()].map(({ target }) => target)).toEqual(['e'])
    memory.close()
  })
})

describe('a document with tags', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { workers: 1 })
  })
  afterAll(() => translator.close())
  const bold = unit(
    'Le <bpt i="1">&lt;b&gt;</bpt>chat<ept i="1">&lt;/b&gt;</ept> dort.<ph x="1">&lt;br/&gt;</ph>',
    'A <bpt i="1">&lt;b&gt;</bpt>tomcat<ept i="1">&lt;/b&gt;</ept> is dozing.<ph x="1">&lt;br/&gt;</ph>',
  )

  it('takes a unit with its tags', async () => {
    const memory = await memoryOf(bold)
    const html = (text: string) => `<p>${text}.<img src="a"> </p>`
    const { text } = await translator.translate(html('Le <em class="x">chat</em> dort'), { format: 'html', memory })
    expect(text).toBe(html('A <em class="x">tomcat</em> is dozing'))
    memory.close()
  })

  it('takes a unit without tags, where its words say where they stand', async () => {
    const memory = await memoryOf(unit('Voir Paris et mourir.', 'Glimpse Paris and perish.'))
    const { text } = await translator.translate('<p>Voir <b>Paris</b> et mourir.</p>', { format: 'html', memory })
    expect(text).toBe('<p>Glimpse <b>Paris</b> and perish.</p>')
    memory.close()
  })

  it('is translated where the tags of the unit are others', async () => {
    const memory = await memoryOf(bold)
    const { text } = await translator.translate('<p>Le chat <b>dort</b>.</p>', { format: 'html', memory })
    expect(text).not.toContain('dozing')
    expect(text).toMatch(/<b>.*<\/b>/)
    memory.close()
  })
})
