import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ apis: ['deepl'] })
})
afterAll(() => server.close())

const translated = async (fields: object) => {
  const { status, json } = await server.post('/v2/translate', { target_lang: 'EN-US', ...fields })
  expect({ status, json }).toMatchObject({ status: 200 })
  return json.translations.map((each: { text: string }) => each.text)
}

describe('/v2/translate', () => {
  it('takes JSON', async () => {
    const body = { text: ['Je suis étudiant.', 'Il pleut.'], target_lang: 'EN-US' }
    expect((await server.post('/v2/translate', body, { authorization: 'DeepL-Auth-Key any' })).json).toEqual({
      translations: [
        { detected_source_language: 'FR', text: 'I am a student.' },
        { detected_source_language: 'FR', text: "It's raining." },
      ],
    })
  })

  it('says how probably a translation is right, where that is asked for', async () => {
    const body = { text: ['Oui.', 'Zglub frmtz.'], source_lang: 'FR', target_lang: 'EN', show_confidence: true }
    const { json } = await server.post('/v2/translate', body)
    const [known, unknown] = json.translations
    expect(known).toEqual({ detected_source_language: 'FR', text: 'Yes.', confidence: expect.any(Number) })
    expect(known.confidence).toBeGreaterThan(unknown.confidence)
    const tags = await server.post('/v2/translate', { ...body, text: ['<p>Oui.</p>'], tag_handling: 'html' })
    expect(tags.json.translations[0].confidence).toBeCloseTo(known.confidence, 5)
  })

  it('takes a form, with one or several texts', async () => {
    const { json } = await server.form('/v2/translate', [
      ['text', 'Je suis étudiant.'],
      ['text', 'Oui.'],
      ['target_lang', 'en'],
      ['source_lang', 'FR'],
      ['show_billed_characters', '1'],
      ['context', 'Une lettre.'],
      ['formality', 'prefer_more'],
    ])
    expect(json.translations).toEqual([
      { detected_source_language: 'FR', text: 'I am a student.', billed_characters: 17 },
      { detected_source_language: 'FR', text: 'Yes.', billed_characters: 4 },
    ])
    const one = await server.form('/v2/translate', [
      ['text', 'Oui.'],
      ['target_lang', 'EN'],
    ])
    expect(one.json.translations).toHaveLength(1)
  })

  it('returns the language of each text, and leaves texts in the target language unchanged', async () => {
    await using both = await startServer({
      apis: ['deepl'],
      models: { 'fr-en': {}, 'de-en': { folder: 'en-fr', source: 'de', target: 'en' } },
    })
    const texts = ['Je suis étudiant.', 'Guten Morgen, wie geht es Ihnen heute?', 'How are you today?', '', 'Il pleut.']
    const { json } = await both.post('/v2/translate', { text: texts, target_lang: 'EN-GB' })
    const languages = json.translations.map(
      (each: { detected_source_language: string }) => each.detected_source_language,
    )
    expect(languages).toEqual(['FR', 'DE', 'EN', expect.any(String), 'FR'])
    const [first, , third, fourth, last] = json.translations.map(({ text }: { text: string }) => text)
    expect([first, third, fourth, last]).toEqual(['I am a student.', texts[2], '', "It's raining."])
  })

  it('splits into sentences by its options', async () => {
    const text = 'Le chat\ndort.'
    expect((await translated({ text }))[0]).toContain('\n')
    for (const split_sentences of ['0', 'nonewlines'])
      expect(await translated({ text, split_sentences })).toEqual(await translated({ text: 'Le chat dort.' }))
  })

  it('keeps punctuation and case at the ends of texts on request', async () => {
    const [text] = await translated({ text: 'le chat dort', preserve_formatting: true })
    expect(text).toMatch(/^the cat .*[a-z]$/)
  })

  it('keeps the tags of HTML and XML', async () => {
    const html = '<p>Je suis <b>étudiant</b>.</p><p>Il pleut.</p>'
    expect(await translated({ text: html, tag_handling: 'html' })).toEqual([
      "<p>I am <b>a student</b>.</p><p>It's raining.</p>",
    ])
    const [xml] = await translated({ text: 'Je suis <x id="1">étudiant</x>.', tag_handling: 'xml' })
    expect(xml).toMatch(/^I am an? ?<x id="1">student<\/x>\.$|^I am <x id="1">a student<\/x>\.$/)
    expect(await translated({ text: 'Je suis étudiant.', tag_handling: 'xml' })).toEqual(['I am a student.'])
  })

  it('leaves ignored elements unchanged, and splits at the given elements', async () => {
    const kept = 'Ouvrez <keep>le fichier &amp; fin</keep>.'
    expect((await translated({ text: kept, tag_handling: 'xml', ignore_tags: ['keep'] }))[0]).toContain(
      '<keep>le fichier &amp; fin</keep>',
    )
    const parts = '<d>Oui.<s>Il pleut.</s></d>'
    const options = { tag_handling: 'xml', outline_detection: false }
    expect(await translated({ text: parts, ...options, splitting_tags: 's' })).toEqual([
      "<d>Yes.<s>It's raining.</s></d>",
    ])
    // Blocks of one sentence: apart where the structure says so, together where they are named.
    const blocks = '<d><a>Je suis</a><b>étudiant.</b></d>'
    const apart = await translated({ text: blocks, tag_handling: 'xml' })
    const together = await translated({ text: blocks, tag_handling: 'xml', non_splitting_tags: 'a,b' })
    expect(together).not.toEqual(apart)
  })

  it.each<[string, object, number, RegExp]>([
    ['no text', { target_lang: 'EN' }, 400, /'text' not specified/],
    ['no target', { text: 'a' }, 400, /'target_lang' not specified/],
    ['another target', { text: 'a', target_lang: 'XX' }, 400, /'target_lang' not supported/],
    ['another source', { text: 'a', target_lang: 'EN', source_lang: 'DE' }, 400, /'source_lang' not supported/],
    [
      'a formality of English',
      { text: 'a', target_lang: 'EN', formality: 'more' },
      400,
      /'formality' is not supported/,
    ],
    ['no formality', { text: 'a', target_lang: 'EN', formality: 'some' }, 400, /'formality'/],
    ['51 texts', { text: Array(51).fill('a'), target_lang: 'EN' }, 400, /50/],
    ['unclosed tags', { text: '<a>b', target_lang: 'EN', tag_handling: 'xml' }, 400, /Tag handling parsing failed/],
    ['stray tags', { text: 'b</a>', target_lang: 'EN', tag_handling: 'xml' }, 400, /Tag handling parsing failed/],
    [
      'the end of our own element',
      { text: 'b</fragment><fragment>', target_lang: 'EN', tag_handling: 'xml' },
      400,
      /Tag/,
    ],
    ['a glossary without a source', { text: 'a', target_lang: 'EN', glossary_id: 'x' }, 400, /source_lang/],
    [
      'a glossary that there is not',
      { text: 'a', target_lang: 'EN', source_lang: 'FR', glossary_id: 'x' },
      404,
      /gloss/,
    ],
    ['too much', { text: 'a'.repeat(1 << 20), target_lang: 'EN' }, 413, /./],
  ])('refuses %s in the form of DeepL', async (_, body, status, message) => {
    const answer = await server.post('/v2/translate', body)
    expect({ status: answer.status, json: answer.json }).toEqual({
      status,
      json: { message: expect.stringMatching(message) },
    })
  })
})

describe('other resources', () => {
  it('lists languages', async () => {
    expect((await server.get('/v2/languages')).json).toEqual([{ language: 'FR', name: 'French' }])
    const targets = await server.get('/v2/languages?type=target')
    expect(targets.json).toContainEqual({ language: 'EN-GB', name: 'English (British)', supports_formality: false })
    expect((await server.get('/v2/languages?type=other')).status).toBe(400)
  })

  it('counts characters', async () => {
    const before = (await server.get('/v2/usage')).json
    await translated({ text: 'Oui.' })
    const after = (await server.get('/v2/usage')).json
    expect(after.character_count - before.character_count).toBe(4)
    expect(after.character_limit).toBe(1_000_000_000_000)
  })

  it('makes, lists, uses and deletes glossaries', async () => {
    const made = await server.post('/v2/glossaries', {
      name: 'Mine',
      source_lang: 'fr',
      target_lang: 'en-US',
      entries: 'étudiant\tpupil\nclé USB\tthumb drive',
      entries_format: 'tsv',
    })
    expect([made.status, made.json]).toEqual([
      201,
      {
        glossary_id: expect.any(String),
        ready: true,
        name: 'Mine',
        source_lang: 'fr',
        target_lang: 'en',
        creation_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        entry_count: 2,
      },
    ])
    const id = made.json.glossary_id
    expect((await server.get('/v2/glossaries')).json).toEqual({ glossaries: [made.json] })
    expect((await server.get(`/v2/glossaries/${id}`)).json).toEqual(made.json)
    const entries = await server.get(`/v2/glossaries/${id}/entries`, { accept: 'text/tab-separated-values' })
    expect(entries.text).toBe('étudiant\tpupil\nclé USB\tthumb drive')
    expect(entries.headers.get('content-type')).toMatch(/^text\/tab-separated-values/)
    const use = { text: 'La clé USB est ici.', source_lang: 'FR', glossary_id: id }
    expect((await translated(use))[0]).toContain('thumb drive')
    const removed = await server.ask(`/v2/glossaries/${id}`, { method: 'DELETE' })
    expect([removed.status, removed.text]).toEqual([204, ''])
    expect((await server.get(`/v2/glossaries/${id}`)).status).toBe(404)
    // Some clients say of every request that it is JSON.
    const again = { method: 'DELETE', headers: { 'content-type': 'application/json' } }
    expect((await server.ask(`/v2/glossaries/${id}`, again)).status).toBe(404)
  })

  it('makes glossaries of several pairs of languages, as in API v3', async () => {
    await using both = await startServer({ apis: ['deepl'], models: ['fr-en', 'en-fr'] })
    const french = { source_lang: 'FR', target_lang: 'EN', entries: 'étudiant\tpupil\nsac\tbag', entries_format: 'tsv' }
    const english = { source_lang: 'en', target_lang: 'fr', entries: 'pupil,écolier', entries_format: 'csv' }
    const made = await both.post('/v3/glossaries', { name: 'Mine', dictionaries: [french, english] })
    const [pair, other] = [
      { source_lang: 'fr', target_lang: 'en' },
      { source_lang: 'en', target_lang: 'fr' },
    ]
    const described = {
      glossary_id: expect.any(String),
      name: 'Mine',
      dictionaries: [
        { ...pair, entry_count: 2 },
        { ...other, entry_count: 1 },
      ],
      creation_time: expect.stringMatching(/^\d{4}-/),
    }
    expect([made.status, made.json]).toEqual([201, described])
    const path = `/v3/glossaries/${made.json.glossary_id}`
    const entriesOf = async ({ source_lang, target_lang }: typeof pair) =>
      both.get(`${path}/entries?source_lang=${source_lang}&target_lang=${target_lang}`)
    const ask = (method: string, at: string, body?: object) =>
      both.ask(at, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    const use = { text: 'Je suis étudiant.', source_lang: 'FR', target_lang: 'EN-US' }
    const used = await both.post('/v2/translate', { ...use, glossary_id: made.json.glossary_id })
    expect(used.json.translations[0].text).toContain('pupil')

    const changed = await ask('PATCH', path, {
      name: 'Ours',
      dictionaries: [{ ...french, entries: 'sac\tsack\nclé\tkey' }],
    })
    expect(changed.json).toMatchObject({ name: 'Ours', dictionaries: [{ ...pair, entry_count: 3 }, other] })
    expect((await entriesOf(pair)).json).toEqual({
      dictionaries: [{ ...pair, entries: 'étudiant\tpupil\nsac\tsack\nclé\tkey', entries_format: 'tsv' }],
    })
    const replaced = await ask('PUT', `${path}/dictionaries`, { ...french, entries: 'étudiant\tscholar' })
    expect(replaced.json).toEqual({ ...pair, entry_count: 1 })
    expect((await both.get('/v3/glossaries')).json.glossaries).toHaveLength(1)

    // The first of several glossaries with a term wins.
    const second = await both.post('/v2/glossaries', { name: 'v2', ...french })
    const ids = [second.json.glossary_id, made.json.glossary_id]
    const both2 = await both.post('/v2/translate', { ...use, glossary_ids: ids })
    expect(both2.json.translations[0].text).toContain('pupil')
    expect((await both.post('/v2/translate', { ...use, glossary_ids: 'a,b,c,d,e,f' })).status).toBe(400)
    expect((await both.get('/v2/glossaries')).json.glossaries).toHaveLength(1)
    expect((await both.get(`/v2/glossaries/${made.json.glossary_id}`)).status).toBe(404)

    expect((await ask('DELETE', `${path}/dictionaries?source_lang=fr&target_lang=en`)).status).toBe(204)
    expect((await entriesOf(pair)).status).toBe(404)
    expect((await both.post('/v2/translate', { ...use, glossary_id: made.json.glossary_id })).status).toBe(400)
    expect((await ask('DELETE', path)).status).toBe(204)
    expect((await both.get(path)).status).toBe(404)
  })

  it('takes glossaries of several pairs in a form, as deepl-node sends them', async () => {
    const form: [string, string][] = [
      ['name', 'Form'],
      ['dictionaries[0].source_lang', 'fr'],
      ['dictionaries[0].target_lang', 'en'],
      ['dictionaries[0].entries', 'a\tb'],
      ['dictionaries[0].entries_format', 'tsv'],
    ]
    const { json } = await server.form('/v3/glossaries', form)
    expect(json.dictionaries).toEqual([{ source_lang: 'fr', target_lang: 'en', entry_count: 1 }])
  })

  it.each([
    ['no name', { name: undefined }, /'name'/],
    ['no dictionaries', { dictionaries: [] }, /'dictionaries'/],
    ['dictionaries of another type', { dictionaries: 'a' }, /'dictionaries'/],
    ['a dictionary that is none', { dictionaries: [null] }, /'dictionaries'/],
    ['a dictionary without entries', { dictionaries: [{ source_lang: 'fr', target_lang: 'en' }] }, /'entries'/],
    [
      'languages that no model has',
      { dictionaries: [{ source_lang: 'xx', target_lang: 'en', entries: 'a\tb' }] },
      /lang/,
    ],
    [
      'a pair of languages twice',
      { dictionaries: Array(2).fill({ source_lang: 'fr', target_lang: 'en', entries: 'a\tb' }) },
      /two have the same languages/,
    ],
  ])('refuses glossaries of several pairs with %s', async (_, body, message) => {
    const fields = { name: 'x', dictionaries: [{ source_lang: 'fr', target_lang: 'en', entries: 'a\tb' }], ...body }
    const { status, json } = await server.post('/v3/glossaries', fields)
    expect([status, json]).toEqual([400, { message: expect.stringMatching(message) }])
  })

  it('reads glossaries in CSV', async () => {
    const fields = { name: 'c', source_lang: 'fr', target_lang: 'en', entries_format: 'csv' }
    const { json } = await server.post('/v2/glossaries', { ...fields, entries: '"a, b",c\r\n"d ""e""",f,fr,en\r\n' })
    expect((await server.get(`/v2/glossaries/${json.glossary_id}/entries`)).text).toBe('a, b\tc\nd "e"\tf')
  })

  it.each([
    ['no entries', '', /entries/],
    ['one column', 'a', /line 1/],
    ['three columns', 'a\tb\nc\td\te', /line 2/],
    ['a term twice', 'a\tb\na\tc', /line 2 has the same source entry as line 1/],
  ])('refuses glossaries with %s', async (_, entries, message) => {
    const { status, json } = await server.post('/v2/glossaries', {
      name: 'x',
      source_lang: 'fr',
      target_lang: 'en',
      entries,
    })
    expect([status, json]).toEqual([400, { message: expect.stringMatching(message) }])
  })

  it.each([
    ['GET', '/v2/nowhere', 404],
    ['GET', '/v2/translate', 405],
    ['GET', '/v2/glossaries/%zz', 400],
  ])('%s %s, an unknown route, is answered in the form of DeepL', async (method, path, status) => {
    const answer = await server.ask(path, { method })
    expect([answer.status, answer.json]).toEqual([status, { message: expect.any(String) }])
  })
})
