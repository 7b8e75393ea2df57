import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { glassformer } from '../command.ts'

const scratch = scratchFolder()

/** The command on files of these names and contents. */
async function check(files: Record<string, string>, ...flags: string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch, name), text)
  const { stdout, stderr, code } = await glassformer([
    'check',
    ...Object.keys(files).map((name) => join(scratch, name)),
    ...flags,
  ])
  return { lines: stdout.replaceAll(`${scratch}/`, '').split('\n').filter(Boolean), stderr, code }
}

describe('glassformer check', () => {
  test('XLIFF of both versions, without what is not to be translated', async () => {
    const one = `<xliff version="1.2"><file source-language="fr" target-language="en"><body>
<trans-unit id="1"><source>Le <g id="1">chat</g> dort<x id="2"/></source><target>The cat sleeps<x id="2"/></target></trans-unit>
<trans-unit id="2" translate="no"><source>un deux</source></trans-unit>
<trans-unit id="3"><source>un deux</source></trans-unit></body></file></xliff>`
    const two = `<xliff version="2.0" srcLang="fr" trgLang="en"><file id="f"><unit id="1"><segment><source>12 chats</source><target>13 cats</target></segment></unit></file></xliff>`
    const { lines, code } = await check({ 'a.xlf': one, 'b.xliff': two })
    expect(lines).toEqual([
      'a.xlf: line 2: tags: the tag <g 1> is missing',
      'a.xlf: line 4: untranslated: it has no translation',
      'b.xliff: line 1: numbers: the number 12 is missing',
      'b.xliff: line 1: numbers: the number 13 is not in the source',
    ])
    expect(code).toBe(1)
  })

  test('.po, in which a fuzzy translation is none, and .tsv with a glossary', async () => {
    const po =
      'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "Il a %d chats"\nmsgstr "He has cats"\n\n#, fuzzy\nmsgid "Oui"\nmsgstr "Yes"\n'
    expect((await check({ 'a.po': po })).lines).toEqual([
      'a.po: line 4: placeholders: the placeholder %d is missing',
      'a.po: line 8: untranslated: it has no translation',
    ])
    const terms = join(scratch, 'terms')
    writeFileSync(terms, 'matou\ttomcat\n')
    const { lines } = await check({ 'a.tsv': 'Le matou dort.\tThe cat cat sleeps.\t0.5\n' }, '--glossary', terms)
    expect(lines).toEqual([
      'a.tsv: line 1: terms: “matou” is not translated as “tomcat”',
      'a.tsv: line 1: doubled: the word “cat” stands twice',
    ])
    expect((await check({ 'a.tsv': 'Le matou dort.\tThe cat cat sleeps.\n' }, '--only', 'numbers,tags')).code).toBe(0)
  })

  test('TMX, as JSON, in the languages that it has', async () => {
    const unit = (source: string, target: string) =>
      `<tu><tuv xml:lang="fr"><seg>${source}</seg></tuv><tuv xml:lang="en"><seg>${target}</seg></tuv></tu>`
    const tmx = `<tmx version="1.4"><header srclang="fr"/><body>${unit('un', 'one')}${unit('<bpt i="1">b</bpt>un<ept i="1">b</ept> deux', 'one two')}</body></tmx>`
    const { lines } = await check({ 'a.tmx': tmx }, '--json')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        ...{ file: join(scratch, 'a.tmx').replace(`${scratch}/`, ''), unit: 2, check: 'tags' },
        ...{ says: 'the tag <bpt 1> is missing', source: 'un deux', target: 'one two' },
      },
    ])
  })

  test('two documents, paragraph by paragraph', async () => {
    const page = (...texts: string[]) => texts.map((text) => `<p>${text}</p>`).join('\n')
    const { lines } = await check({
      'a.fr.html': page('Un <b>chat</b>.', 'Le prix est de 12 €.'),
      'a.en.html': page('A cat.', 'The price is €12.'),
    })
    expect(lines).toEqual(['a.en.html: text 1: tags: the tag around words is missing'])
    const others = await check({ 'a.fr.html': page('un', 'deux'), 'a.en.html': page('one') })
    expect(others.stderr).toMatch(/2 texts, and .* 1: their paragraphs do not correspond.*glassformer align/)
    expect(others.code).toBe(1)
  })

  test('nothing else', async () => {
    expect((await check({ 'a.txt': 'un' })).stderr).toMatch(/ERR_OPTION: .* has no translations beside its texts/)
    expect((await check({ 'a.tsv': 'un\tone' }, '--only', 'spelling')).code).toBe(2)
    expect((await glassformer(['check', join(scratch, 'missing.po')])).code).toBe(1)
  })
})
