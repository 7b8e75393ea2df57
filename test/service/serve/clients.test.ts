import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { installed } from '../../repository/installing.ts'
import { root } from '../../repository/repository.ts'
import { goldenSound } from '../../sound/golden-sound.ts'
import { filesOf } from '../../use/translate/packages/package.ts'
import { hasExtras, NO_EXTRAS } from '../../whole.ts'
import { printed, pythonPackages } from './python.ts'
import { startServer, type TestServer } from './server.ts'

const scratch = scratchFolder()
const documentPath = join(root, 'test/golden/documents/rapport.docx')
const english = async (path: string) => (await filesOf(readFileSync(path))).get('word/header1.xml')!.toString()

let server: TestServer
beforeAll(async () => {
  const keys = join(scratchFolder(), 'keys.txt')
  writeFileSync(keys, 'a-key mine\n')
  server = await startServer({ keys })
})
afterAll(() => server.close())

test('deepl-node runs its documented examples', { timeout: 300_000 }, async (context) => {
  context.skip(!hasExtras, NO_EXTRAS)
  const { modules, skipped } = installed({ 'deepl-node': '1.28.0' })
  context.skip(skipped !== undefined, skipped)
  const found = await printed(process.execPath, [
    join(root, 'test/service/serve/clients/deepl.mjs'),
    modules,
    server.url,
    ...[documentPath, join(scratch, 'node.docx')],
  ])
  expect(await english(join(scratch, 'node.docx'))).toContain('The museum of the city')
  expect(await english(join(scratch, 'node.docx.2'))).toContain('The museum of the city')
  expect(found).toEqual({
    one: 'Hello, the world!',
    many: [
      ['I am a student.', 'fr'],
      ["It's raining.", 'fr'],
    ],
    billed: 17,
    options: expect.stringMatching(/^The cat .*\.$/),
    tags: '<d><a>Yes.</a><k>Non.</k></d>',
    glossary: ['Mine', 'fr', 'en', 2, true],
    listed: [true],
    entries: { étudiant: 'pupil', 'clé USB': 'thumb drive' },
    used: expect.stringContaining('thumb drive'),
    info: 'Mine',
    gone: 'GlossaryNotFoundError',
    several: ['Several', 2],
    changed: { étudiant: 'pupil', 'clé USB': 'stick' },
    left: 0,
    document: ['done', true],
    once: 'DeepLError',
    usage: [false, true],
    sources: [{ name: 'French', code: 'fr' }],
    targets: [
      ['en-US', false],
      ['en-GB', false],
    ],
    pairs: [{ sourceLang: 'fr', targetLang: 'en' }],
    refused: ['DeepLError', expect.stringContaining("Value for 'target_lang' not supported.")],
    stranger: 'AuthorizationError',
  })
})

test("Python's deepl and libretranslatepy run their documented examples", { timeout: 300_000 }, async (context) => {
  context.skip(!hasExtras, NO_EXTRAS)
  const { folder, skipped } = pythonPackages('deepl==1.32.0', 'libretranslatepy==2.1.4')
  context.skip(skipped !== undefined, skipped)
  const script = join(root, 'test/service/serve/clients/examples.py')
  const [deepl, libre] = [join(scratch, 'deepl.docx'), join(scratch, 'libre.docx')]
  const found = await printed('python3', [script, server.url, documentPath, deepl, libre], { PYTHONPATH: folder })
  for (const path of [deepl, libre]) expect(await english(path)).toContain('The museum of the city')
  expect(found).toEqual({
    one: ['Hello, the world!', 'FR', 19],
    many: ['I am a student.', "It's raining."],
    options: expect.stringMatching(/^The cat .*\.$/),
    tags: '<d><a>Yes.</a><k>Non.</k></d>',
    glossary: ['Mine', 'FR', 'EN', 1, true],
    created: true,
    csv: { étudiant: 'pupil' },
    listed: 2,
    entries: { 'clé USB': 'thumb drive' },
    used: expect.stringContaining('thumb drive'),
    gone: 'GlossaryNotFoundException',
    several: ['Several', 'FR', 2],
    changed: 'clé USB\tthumb drive\nsac\tbag',
    renamed: ['Renamed', ['Renamed']],
    several_used: expect.stringContaining('thumb drive'),
    left: 0,
    document: ['done', true],
    usage: [false, true],
    sources: [['FR', 'French']],
    targets: ['EN-US', 'EN-GB'],
    pairs: [['fr', 'en']],
    refused: 'DeepLException',
    stranger: 'AuthorizationException',
    libre: 'I am a student.',
    auto: 'I am a student.',
    detect: 'fr',
    languages: ['fr', 'en'],
  })
})

test("OpenAI's client transcribes, translates and streams", { timeout: 300_000 }, async (context) => {
  context.skip(!hasExtras, NO_EXTRAS)
  const { modules, skipped } = installed({ openai: '6.49.0' })
  context.skip(skipped !== undefined, skipped)
  const keys = join(scratchFolder(), 'keys.txt')
  writeFileSync(keys, 'a-key mine\n')
  await using speech = await startServer({ models: [join(import.meta.dirname, '../../golden/whisper-tiny')], keys })
  const script = join(root, 'test/service/serve/clients/openai.mjs')
  const found = await printed(process.execPath, [script, modules, speech.url, join(goldenSound, 'speech.wav')])
  const { text } = found.json
  expect(found).toEqual({
    json: { text: expect.stringMatching(/./), usage: { type: 'duration', seconds: 1 } },
    text: `${text}\n`,
    srt: expect.stringMatching(/^1\n00:00:0.,... --> 00:00:0.,...\n/),
    vtt: expect.stringMatching(/^WEBVTT\n\n/),
    verbose: expect.objectContaining({
      task: 'transcribe',
      duration: 0.8,
      words: expect.any(Array),
      segments: expect.any(Array),
    }),
    segments: ['task', 'language', 'duration', 'text', 'segments', 'usage'],
    translated: expect.objectContaining({ task: 'translate', language: 'english' }),
    streamed: text,
    events: ['transcript.text.delta', 'transcript.text.done', true],
    damaged: ['BadRequestError', 400, 'ERR_AUDIO_FORMAT'],
    unknown: ['NotFoundError', 404, 'ERR_NOT_FOUND'],
    language: ['BadRequestError', 400, 'ERR_OPTION'],
    diarized: ['BadRequestError', 400, 'ERR_UNSUPPORTED'],
    stranger: ['AuthenticationError', 401, 'ERR_KEY'],
  })
})
