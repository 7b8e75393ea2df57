import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { glassformer } from '../../cli/command.ts'
import { RegistryServer } from './registry-server.ts'

let server: RegistryServer

beforeEach(async () => {
  server = await new RegistryServer().start()
})
afterEach(() => server.stop())

const run = (args: string[], env = {}, input = '') => glassformer(args, input, { ...server.environment, ...env })
const cache = (...names: string[]) => join(server.folder, 'cache', ...names)

/** Whether nothing was placed, and nothing but the lock and what can be resumed is left. */
function nothingIsPlaced(): void {
  expect(existsSync(cache('models', 'firefox'))).toBe(false)
  const left = existsSync(cache('models', '.partial')) ? readdirSync(cache('models', '.partial')) : []
  expect(left.filter((name) => name.startsWith('new-'))).toEqual([])
}

describe('glassformer pull firefox/…', () => {
  test('a pair without an architecture is the released model of the highest COMET, checked and unpacked', async () => {
    const { code, stdout } = await run(['pull', 'firefox/fr-en'])
    expect(code).toBe(0)
    expect(stdout.trim()).toBe(cache('models', 'firefox', 'base-memory', 'fr-en'))
    const bytes = readFileSync(join(stdout.trim(), 'vocab.fren.spm'))
    expect(gzipSync(bytes)).toEqual(server.files['models/fr-en/base-memory/vocab.fren.spm.gz'])
  })

  test('an architecture is chosen by name, and a second pull downloads nothing', async () => {
    const { stdout } = await run(['pull', 'firefox/fr-en/tiny'])
    expect(stdout.trim()).toBe(cache('models', 'firefox', 'tiny', 'fr-en'))
    server.asked.length = 0
    expect((await run(['pull', 'firefox/fr-en/tiny'])).stdout).toBe(stdout)
    expect(server.asked).toEqual(['/db/models.json'])
  })

  test('a registry that cannot be reached is read from the cache, and a pulled model needs no network', async () => {
    await run(['pull', 'firefox/fr-en'])
    const offline = { HF_HUB_OFFLINE: '1' }
    expect((await run(['pull', 'firefox/fr-en'], offline)).code).toBe(0)
    expect((await run(['models', '--source', 'firefox'], offline)).stdout).toContain('firefox/en-de/tiny')
    server.wrong = (_, response) => !response.writeHead(403).end().closed
    expect((await run(['models', '--source', 'firefox'])).stdout).toContain('firefox/en-de/tiny')
  })

  test('a download that broke resumes after what has come', async () => {
    const path = '/models/fr-en/base-memory/model.fren.intgemm.alphas.bin.gz'
    let broken = 0
    const ranges: (string | undefined)[] = []
    server.wrong = (request, response) => {
      if (request.url !== path) return false
      ranges.push(request.headers.range)
      if (broken++) return false
      const body = server.files[path.slice(1)]
      response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 5000), () => response.destroy())
      return true
    }
    expect((await run(['pull', 'firefox/fr-en'])).code).toBe(0)
    expect(ranges).toEqual([undefined, 'bytes=5000-'])
  })

  test.each<[string, (model: RegistryServer['registry']) => void, RegExp]>([
    ['a path that escapes', (model) => (model.files.model.path = '../../model.bin.gz'), /is no path of a file/],
    ['an absolute path', (model) => (model.files.model.path = '/etc/model.bin.gz'), /is no path of a file/],
    ['another scheme', (model) => (model.files.model.path = 'file:///etc/model.bin.gz'), /is no path of a file/],
    [
      'a name of another file',
      (model) => (model.files.vocab.path = 'models/pulled.json.gz'),
      /is no name of such a file/,
    ],
    ['a wrong hash', (model) => (model.files.vocab.uncompressedHash = '0'.repeat(64)), /its SHA-256 is/],
    ['a size that lies', (model) => (model.files.vocab.uncompressedSize += 1), /unpacks to \d+ bytes where/],
    ['a size too small', (model) => (model.files.vocab.uncompressedSize = 3), /unpacks to more than 3 bytes/],
    ['a size of no number', (model) => (model.files.vocab.uncompressedSize = 1e300), /is none from 1 byte/],
  ])('%s: an error, and nothing is placed', async (_, spoil, message) => {
    const model = server.registry.models['fr-en'].at(-1)
    spoil(model)
    const { code, stderr } = await run(['pull', 'firefox/fr-en'])
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
    nothingIsPlaced()
  })

  test('a bomb ends at the size that the registry says', async () => {
    server.files['models/fr-en/base-memory/vocab.fren.spm.gz'] = gzipSync(Buffer.alloc(64 << 20))
    const { code, stderr } = await run(['pull', 'firefox/fr-en'])
    expect(stderr).toMatch(/unpacks to more than/)
    expect(code).toBe(1)
    nothingIsPlaced()
  })

  test.each([
    ['ftp', 'ftp://127.0.0.1/models.json'],
    ['a file', 'file:///etc/passwd'],
  ])('a redirect to %s is refused', async (_, location) => {
    server.wrong = (_, response) => !response.writeHead(302, { location }).end().closed
    expect((await run(['pull', 'firefox/fr-en'])).stderr).toMatch(/which is not safe/)
    nothingIsPlaced()
  })

  test('a gigabyte of JSON is left after 32 MiB', async () => {
    let sent = 0
    server.wrong = (request, response) => {
      if (request.url !== '/db/models.json') return false
      const part = Buffer.alloc(1 << 20, ' ')
      response.writeHead(200)
      const send = () => {
        while (sent < 1 << 30) {
          sent += part.length
          if (response.destroyed || !response.write(part)) break
        }
      }
      response.on('drain', send)
      send()
      return true
    }
    const { code, stderr } = await run(['pull', 'firefox/fr-en'])
    expect(stderr).toMatch(/it is no registry/)
    expect(code).toBe(1)
    expect(sent).toBeLessThan(128 << 20)
  })

  test('a model that was there stays where its successor is wrong', async () => {
    const { stdout } = await run(['pull', 'firefox/fr-en'])
    const before = readFileSync(join(stdout.trim(), 'pulled.json'), 'utf8')
    server.registry.models['fr-en'].at(-1).files.vocab.uncompressedHash = '1'.repeat(64)
    expect((await run(['pull', 'firefox/fr-en'])).code).toBe(1)
    expect(readFileSync(join(stdout.trim(), 'pulled.json'), 'utf8')).toBe(before)
    expect((await run(['translate', '--model', 'firefox/fr-en', 'a b c'])).code).toBe(0)
  })
})

describe('glassformer models', () => {
  test('lists what there is and what is here, by languages', async () => {
    await run(['pull', 'firefox/fr-en/tiny'])
    const { stdout } = await run(['models', '--from', 'fr', '--source', 'firefox', '--json'])
    const models = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(
      models.map(({ name, installed, licence, quality }) => ({ name, installed, licence, comet: quality.comet22 })),
    ).toEqual([
      { name: 'firefox/fr-en/base-memory', installed: false, licence: 'MPL-2.0', comet: 0.886 },
      { name: 'firefox/fr-en/tiny', installed: true, licence: 'MPL-2.0', comet: 0.8719 },
    ])
  })

  test('--installed asks nothing of the network, and remove removes', async () => {
    await run(['pull', 'firefox/fr-en/tiny'])
    server.asked.length = 0
    expect((await run(['models', '--installed'])).stdout).toContain('firefox/fr-en/tiny')
    expect((await run(['models', 'remove', 'firefox/fr-en'])).stdout).toBe('removed firefox/fr-en/tiny\n')
    expect((await run(['models', '--installed'])).stdout).toBe('')
    expect(server.asked).toEqual([])
  })
})

describe('a model by its name', () => {
  test('a missing one is an error that says the command; --yes downloads it', async () => {
    const missing = await run(['translate', '--model', 'firefox/fr-en/tiny', 'a b'])
    expect(missing.stderr).toContain('npx glassformer pull firefox/fr-en/tiny')
    expect((await run(['translate', '--model', 'firefox/fr-en/tiny', '--yes', 'a b'])).code).toBe(0)
  })

  test('translate --from fr --to de goes by way of English, and says by which models', async () => {
    const none = await run(['translate', '--from', 'fr', '--to', 'de', 'a b'])
    expect(none.stderr).toContain('glassformer pull firefox/en-de')
    await run(['pull', 'firefox/fr-en/tiny'])
    await run(['pull', 'firefox/en-de'])
    const { code, stdout, stderr } = await run(['translate', '--from', 'French', '--to', 'de', 'a b'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'glassformer: firefox/fr-en/tiny, then firefox/en-de/tiny\n' })
    const between = (await run(['translate', '--model', 'firefox/fr-en', 'a b'])).stdout
    expect((await run(['translate', '--model', 'firefox/en-de', between.trimEnd()])).stdout).toBe(stdout)
  })
})
