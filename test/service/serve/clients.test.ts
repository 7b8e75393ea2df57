import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../../files/formats/raw-safetensors.ts'
import { installed, lackOfRegistry } from '../../repository/installing.ts'
import { root } from '../../repository/repository.ts'
import { hasExtras, NO_EXTRAS } from '../../whole.ts'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  const keys = join(scratchFolder(), 'keys.txt')
  writeFileSync(keys, 'a-key mine\n')
  server = await startServer({ keys })
})
afterAll(() => server.close())

/** The JSON output of a program. It runs beside the server, which answers its requests. */
async function printed(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env } })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code, text.stderr).toBe(0)
  return JSON.parse(text.stdout)
}

/** Packages of Python in a folder of their own, which is kept; or why they cannot be had. */
function pythonPackages(...packages: string[]): { folder: string; skipped?: string } {
  const folder = join(root, 'node_modules/.cache/glassformer-tests', `python-${packages.join('-')}`)
  if (existsSync(folder)) return { folder }
  const beside = `${folder}.${process.pid}`
  mkdirSync(beside, { recursive: true })
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', beside, ...packages]
  const { status, stderr, error } = spawnSync('python3', args, { encoding: 'utf8' })
  if (status === 0) renameSync(beside, folder)
  else rmSync(beside, { recursive: true, force: true })
  if (status === 0) return { folder }
  if (error || /No module named pip/.test(stderr)) return { folder, skipped: 'there is no python3 with pip' }
  const lack =
    lackOfRegistry(stderr) ??
    (/Could not find a version|ConnectionError|NewConnectionError/.test(stderr) ? 'no packages of Python' : undefined)
  if (!lack) throw new Error(stderr)
  return { folder, skipped: lack }
}

test('deepl-node runs its documented examples', { timeout: 300_000 }, async (context) => {
  context.skip(!hasExtras, NO_EXTRAS)
  const { modules, skipped } = installed({ 'deepl-node': '1.28.0' })
  context.skip(skipped !== undefined, skipped)
  const found = await printed(process.execPath, [
    join(root, 'test/service/serve/clients/deepl.mjs'),
    modules,
    server.url,
  ])
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
  const found = await printed('python3', [script, server.url], { PYTHONPATH: folder })
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
