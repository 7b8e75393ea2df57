import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ntrexFiles } from '#dist/files/suites/ntrex-files.js'
import { glassformer } from '../../cli/command.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { ended, listening } from '../hub/hub-server.ts'

const [french, english] = ['newstest2019-ref.fra.txt', 'newstest2019-src.eng.txt']
const ntrex = sharedFolder === null ? null : join(sharedFolder, 'data/ntrex')

let folder: string
let server: Server
let address: string
let asked: string[]
let answers: Record<string, Buffer | number>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glassformer-suites-'))
  asked = []
  answers = {}
  server = createServer(({ url }, response) => {
    asked.push(url!)
    const answer = answers[url!.split('/').at(-1)!] ?? 404
    if (typeof answer === 'number') response.writeHead(answer).end()
    else response.writeHead(200).end(answer)
  })
  address = await listening(server)
})

afterEach(async () => {
  await ended(server)
  rmSync(folder, { recursive: true })
})

const evaluate = (args: string[], env = {}) =>
  glassformer(['evaluate', '--suite', 'ntrex', ...args], '', {
    GLASSFORMER_CACHE: join(folder, 'cache'),
    GLASSFORMER_NTREX: `${address}/mirror/`,
    ...env,
  })
const cached = (name: string) => join(folder, 'cache', 'suites', 'ntrex', name)

/** A folder with two lines of news in place of NTREX, by the names that its files have. */
function twoLines(inFolder = '', names = [french, english]): string {
  const place = join(folder, 'own', inFolder)
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, names[0]), 'Je suis étudiant.\nMerci.\n')
  writeFileSync(join(place, names[1]), "I'm a student.\nThank you.\n")
  return join(folder, 'own')
}

describe('glassformer evaluate --suite ntrex', () => {
  test.each([
    ['the folder NTREX-128', '', [french, english]],
    ['a clone of the repository', 'NTREX-128', [french, english]],
    ['files by language', '', ['ntrex128.fr', 'ntrex128.en']],
  ])('translates a copy and fetches nothing: %s', async (_, inFolder, names) => {
    const { code, stdout, stderr } = await evaluate(['--suite-folder', twoLines(inFolder, names), '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ sentences: 2, bleu: { score: expect.any(Number) } })
    expect(asked).toEqual([])
  })

  test('a folder without the files is an error that names them', async () => {
    const { code, stderr } = await evaluate(['--suite-folder', folder])
    expect(code).toBe(1)
    expect(stderr).toContain(french)
  })

  test('a language that NTREX does not have is an error, before anything is fetched', async () => {
    const { code, stderr } = await evaluate(['--source-language', 'tlh'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_OPTION.*'tlh'/s)
    expect(asked).toEqual([])
  })

  test.each([
    ['other bytes', Buffer.from('Bonjour.\n'), /ERR_CHECKSUM.*SHA-256/s],
    ['too many bytes', Buffer.alloc(5 * 2 ** 20, 'a'), /ERR_CHECKSUM.*more than/s],
    ['a page that is not there', 404, /ERR_NETWORK.*404/s],
  ])('%s leave nothing in the cache', async (_, answer, message) => {
    answers = { [french]: answer, [english]: answer }
    const { code, stderr } = await evaluate([])
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect([french, english].filter((name) => existsSync(cached(name)))).toEqual([])
  })

  test('HF_HUB_OFFLINE fetches nothing, and says so', async () => {
    const { code, stderr } = await evaluate([], { HF_HUB_OFFLINE: '1' })
    expect(code).toBe(1)
    expect(stderr).toContain('--suite-folder')
    expect(asked).toEqual([])
  })

  test.skipIf(ntrex === null)('fetches both files once, with the right SHA-256 (needs ../shared)', async () => {
    answers = {
      [french]: readFileSync(join(ntrex!, 'ntrex128.fr')),
      [english]: readFileSync(join(ntrex!, 'ntrex128.en')),
    }
    for (const name of ['fr', 'en'])
      expect(
        createHash('sha256')
          .update(readFileSync(join(ntrex!, `ntrex128.${name}`)))
          .digest('hex'),
      ).toBe(ntrexFiles[name][1])
    mkdirSync(join(folder, 'cache/suites/ntrex'), { recursive: true })
    writeFileSync(cached(english), "I'm a student.\n") // what is there is not fetched: one line is scored against 1,997
    const { code, stderr } = await evaluate([])
    expect(code).toBe(1)
    expect(stderr).toMatch(/1,997|1997/)
    expect(asked).toEqual([`/mirror/${french}`])
    expect(readFileSync(cached(french))).toEqual(answers[french])
  })

  test('goes with no files of the user', async () => {
    for (const option of ['--test', '--hypotheses', '--sources'])
      expect((await evaluate([option, 'x'])).stderr).toContain('--suite')
    const { stderr } = await glassformer(['evaluate', '--suite-folder', 'x', '--test', 'y'])
    expect(stderr).toContain('--suite-folder belongs to --suite')
  })
})
