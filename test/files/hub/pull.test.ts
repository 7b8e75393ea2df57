import { createHash, randomBytes } from 'node:crypto'
import fs, {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, request as overHttp } from 'node:http'
import { createServer as createSecured } from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type PullProgress, pull, Translator } from '#dist/index.js'
import { glassformer } from '../../cli/command.ts'
import { COMMIT, ended, HubServer, listening, sha256 } from './hub-server.ts'

const WEIGHTS = randomBytes(300_000)
const files = () => ({
  'config.json': Buffer.from('{"model_type":"marian"}'),
  'generation_config.json': Buffer.from('{}'),
  'source.spm': randomBytes(500),
  'model.safetensors': WEIGHTS,
  'pytorch_model.bin': randomBytes(100),
  'tf_model.h5': randomBytes(100),
  'rust_model.ot': randomBytes(100),
})
const NEEDED = ['config.json', 'generation_config.json', 'source.spm', 'model.safetensors']

let cache: string
let hub: HubServer
const repository = () => join(cache, 'models--owner--model')
const snapshot = () => join(repository(), 'snapshots', COMMIT)
const blobs = () => readdirSync(join(repository(), 'blobs'))

async function serving(theirs: Record<string, Buffer> = files(), name?: string): Promise<HubServer> {
  hub = await new HubServer(theirs, name).start()
  vi.stubEnv('HF_ENDPOINT', hub.address)
  return hub
}

beforeEach(() => {
  cache = join(mkdtempSync(join(tmpdir(), 'glassformer-hub-')), 'hub')
  for (const name of ['HF_TOKEN', 'HF_HOME', 'HF_HUB_OFFLINE', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])
    vi.stubEnv(name, '')
  vi.stubEnv('HF_TOKEN_PATH', '/nowhere/at/all')
  vi.stubEnv('HF_HUB_CACHE', cache)
  vi.stubEnv('HF_HUB_DOWNLOAD_TIMEOUT', '0.3')
})

afterEach(async () => {
  await hub.stop()
  vi.unstubAllEnvs()
  rmSync(join(cache, '..'), { recursive: true, force: true })
})

describe('pull', () => {
  test('brings the files that are needed into the layout of Python’s cache', async () => {
    const { files: theirs } = await serving()
    expect(await pull('owner/model')).toBe(snapshot())
    expect(hub.downloaded().filter((name) => !NEEDED.includes(name))).toEqual([])
    expect(readdirSync(snapshot()).sort()).toEqual([...NEEDED].sort())
    for (const name of NEEDED) expect(readFileSync(join(snapshot(), name)).equals(theirs[name]), name).toBe(true)
    expect(readlinkSync(join(snapshot(), 'model.safetensors'))).toBe(join('..', '..', 'blobs', sha256(WEIGHTS)))
    const config = createHash('sha1').update(theirs['config.json']).digest('hex')
    expect(readlinkSync(join(snapshot(), 'config.json'))).toBe(join('..', '..', 'blobs', config))
    expect(readFileSync(join(repository(), 'refs', 'main'), 'utf8')).toBe(COMMIT)
    expect(blobs()).toHaveLength(NEEDED.length)
  })

  test('downloads nothing twice, and takes another revision', async () => {
    await serving()
    await pull('owner/model')
    const before = hub.downloaded().length
    expect(await pull('owner/model', { revision: 'v1' })).toBe(snapshot())
    expect(hub.downloaded()).toHaveLength(before)
    expect(readFileSync(join(repository(), 'refs', 'v1'), 'utf8')).toBe(COMMIT)
    expect(await pull('owner/model', { revision: COMMIT, cache: join(cache, 'another') })).toContain('another')
  })

  test('takes pytorch_model.bin where there is nothing else, and shards by their index', async () => {
    const { 'model.safetensors': _, ...rest } = files()
    await serving(rest)
    await pull('owner/model')
    expect(existsSync(join(snapshot(), 'pytorch_model.bin'))).toBe(true)
    await hub.stop()
    rmSync(cache, { recursive: true })
    const map = {
      a: 'model-00001-of-00002.safetensors',
      b: 'model-00002-of-00002.safetensors',
      c: 'model-00001-of-00002.safetensors',
    }
    await serving({
      'config.json': Buffer.from('{}'),
      'model.safetensors.index.json': Buffer.from(JSON.stringify({ weight_map: map })),
      [map.a]: randomBytes(2000),
      [map.b]: randomBytes(3000),
      'model-00003-of-00003.safetensors': randomBytes(10),
    })
    await pull('owner/model')
    expect(readdirSync(snapshot()).sort()).toEqual(['config.json', map.a, map.b, 'model.safetensors.index.json'])
  })

  test('makes copies where links cannot be made', async () => {
    const { files: theirs } = await serving()
    const { symlinkSync: own } = fs
    fs.symlinkSync = () => {
      throw Object.assign(new Error('no links here'), { code: 'EPERM' })
    }
    syncBuiltinESMExports()
    try {
      await pull('owner/model')
    } finally {
      fs.symlinkSync = own
      syncBuiltinESMExports()
    }
    for (const name of NEEDED) {
      expect(lstatSync(join(snapshot(), name)).isFile()).toBe(true)
      expect(readFileSync(join(snapshot(), name)).equals(theirs[name]), name).toBe(true)
    }
  })

  test('sends the token to the hub alone', async () => {
    await serving()
    vi.stubEnv('HF_TOKEN', 'hf_secret')
    await pull('owner/model')
    expect(new Set(hub.asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer hf_secret']))
    expect(hub.elsewhere.length).toBeGreaterThan(0)
    expect(new Set(hub.elsewhere.map(({ authorization }) => authorization))).toEqual(new Set([undefined]))
  })

  test('tells how far each file has come, with its rate', async () => {
    await serving()
    const events: PullProgress[] = []
    await pull('owner/model', { progress: (event) => events.push(event) })
    const of = (file: string) => events.filter((event) => event.file === file)
    for (const file of NEEDED) {
      const statuses = of(file).map(({ status }) => status)
      expect(statuses.filter((status, i) => status !== statuses[i - 1])).toEqual([
        'initiate',
        'download',
        'progress',
        'done',
      ])
    }
    expect(
      of('model.safetensors')
        .filter(({ status }) => status === 'progress')
        .at(-1),
    ).toEqual({
      status: 'progress',
      name: 'owner/model',
      file: 'model.safetensors',
      progress: 100,
      loaded: WEIGHTS.length,
      total: WEIGHTS.length,
      rate: expect.any(Number),
    })
  })
})

describe('a download that goes wrong', () => {
  test('goes on in mid-file where the connection was cut', async () => {
    await serving()
    hub.wrongElsewhere = ({ url }, response, nth) => {
      if (!url!.endsWith('model.safetensors') || nth > 0) return
      response.writeHead(200, { 'content-length': WEIGHTS.length })
      response.write(WEIGHTS.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50))
      return true
    }
    await pull('owner/model')
    expect(readFileSync(join(snapshot(), 'model.safetensors')).equals(WEIGHTS)).toBe(true)
    const ranges = hub.elsewhere.filter(({ path }) => path.endsWith('model.safetensors')).map(({ range }) => range)
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)])
  })

  test('goes on with what an earlier process left, and begins anew where that is wrong', async () => {
    await serving()
    const incomplete = join(repository(), 'blobs', `${sha256(WEIGHTS)}.incomplete`)
    const asksFor = async (left: Buffer) => {
      rmSync(cache, { recursive: true, force: true })
      mkdirSync(join(repository(), 'blobs'), { recursive: true })
      writeFileSync(incomplete, left)
      hub.elsewhere.length = 0
      await pull('owner/model')
      expect(readFileSync(join(snapshot(), 'model.safetensors')).equals(WEIGHTS)).toBe(true)
      expect(existsSync(incomplete)).toBe(false)
      return hub.elsewhere.filter(({ path }) => path.endsWith('model.safetensors')).map(({ range }) => range)
    }
    expect(await asksFor(WEIGHTS.subarray(0, 123_456))).toEqual(['bytes=123456-'])
    expect(await asksFor(WEIGHTS)).toEqual([])
    expect(await asksFor(randomBytes(1000))).toEqual(['bytes=1000-', undefined])
    expect(await asksFor(randomBytes(WEIGHTS.length))).toEqual([undefined])
    expect(await asksFor(randomBytes(WEIGHTS.length + 1))).toEqual([undefined])
    hub.wrongElsewhere = ({ headers }, response) => {
      if (headers.range === undefined) return
      response.writeHead(416).end()
      return true
    }
    expect(await asksFor(WEIGHTS.subarray(0, 1000))).toEqual(['bytes=1000-', undefined])
    hub.wrongElsewhere = ({ headers }) => void delete headers.range // a server that knows no ranges
    expect(await asksFor(WEIGHTS.subarray(0, 1000))).toEqual(['bytes=1000-'])
  })

  test('asks again where the server stalls or is busy, and gives up in the end', async () => {
    await serving()
    let busy = 2
    hub.wrong = ({ method, url }, response) => {
      if (method !== 'HEAD' || !url!.endsWith('config.json') || url!.includes('_') || busy-- <= 0) return
      response.writeHead(busy ? 429 : 503, { 'retry-after': '0' }).end()
      return true
    }
    hub.wrongElsewhere = ({ url }, response, nth) => {
      if (!url!.endsWith('.safetensors') || nth > 0) return
      response.writeHead(200, { 'content-length': WEIGHTS.length }).write(WEIGHTS.subarray(0, 1000))
      return true // and nothing more
    }
    await pull('owner/model')
    expect(readFileSync(join(snapshot(), 'model.safetensors')).equals(WEIGHTS)).toBe(true)
    for (const status of [429, 500, 502, 503, 504]) {
      hub.wrong = (_, response) => Boolean(response.writeHead(status, { 'retry-after': '0' }).end())
      const before = hub.asked.length
      await expect(pull('owner/model')).rejects.toMatchObject({
        code: 'ERR_NETWORK',
        message: expect.stringContaining(`${status}`),
      })
      expect(hub.asked.length - before).toBe(5)
    }
    hub.wrong = (_, response) => Boolean(response.writeHead(429, { 'retry-after': '3600' }).end())
    await expect(pull('owner/model')).rejects.toThrow('try again in 3600 s')
  })

  test.each<[number, object, string]>([
    [401, {}, 'set HF_TOKEN'],
    [403, { 'x-error-code': 'GatedRepo' }, 'accept them'],
    [403, {}, 'may not be read without a token: set HF_TOKEN'],
    [404, {}, 'no such model'],
    [404, { 'x-error-code': 'RevisionNotFound' }, "no revision 'main'"],
    [416, {}, 'no part'],
    [418, {}, '418'],
  ])('%i is refused with ERR_HUB, and nothing is written', async (status, headers, says) => {
    await serving()
    hub.wrong = (_, response) => Boolean(response.writeHead(status, headers as Record<string, string>).end())
    await expect(pull('owner/model')).rejects.toMatchObject({ code: 'ERR_HUB', message: expect.stringContaining(says) })
    expect(existsSync(cache)).toBe(false)
  })

  test.each([401, 403, 404])('%i of the host of weights is told as such, with ERR_HUB', async (status) => {
    await serving()
    hub.wrongElsewhere = (_, response) => Boolean(response.writeHead(status).end())
    await expect(pull('owner/model')).rejects.toMatchObject({
      code: 'ERR_HUB',
      message: expect.stringMatching(
        new RegExp(`^127\\.0\\.0\\.1:\\d+, to which the hub refers.*answers ${status} for .* of owner/model`),
      ),
    })
  })

  test('bytes that come as gzip in spite of the request are refused with ERR_NETWORK', async () => {
    await serving()
    hub.wrong = ({ url, method }, response) => {
      if (!url!.endsWith('config.json')) return
      const bytes = gzipSync(hub.files['config.json'])
      response.writeHead(200, {
        'x-repo-commit': COMMIT,
        etag: '"a"',
        'content-encoding': 'gzip',
        'content-length': bytes.length,
      })
      response.end(method === 'HEAD' ? undefined : bytes)
      return true
    }
    await expect(pull('owner/model')).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      message: expect.stringMatching(/sends (generation_)?config\.json of owner\/model as gzip/),
    })
  })

  test.each<[string, (name: string) => Record<string, string>]>([
    ['a SHA-256', () => ({ 'x-linked-etag': `"${'ab'.repeat(32)}"`, 'x-linked-size': `${WEIGHTS.length}` })],
    ['a size that is too large', () => ({ 'x-linked-etag': `"${sha256(WEIGHTS)}"`, 'x-linked-size': '300001' })],
    ['a size that is too small', () => ({ 'x-linked-etag': `"${sha256(WEIGHTS)}"`, 'x-linked-size': '299999' })],
  ])('%s that is a lie is refused, and leaves no file', async (_, lies) => {
    await serving()
    hub.wrong = ({ url, method }, response) => {
      if (!url!.endsWith('model.safetensors') || method !== 'HEAD') return
      response.writeHead(200, { 'x-repo-commit': COMMIT, ...lies(url!) }).end()
      return true
    }
    await expect(pull('owner/model')).rejects.toMatchObject({ code: 'ERR_CHECKSUM' })
    expect(existsSync(join(snapshot(), 'model.safetensors'))).toBe(false)
    expect(blobs().filter((name) => name.length === 64 || name.endsWith('incomplete'))).toHaveLength(1) // source.spm
  })

  test('is stopped by its signal, and what has come stays', async () => {
    await serving()
    hub.wrongElsewhere = ({ url }, response) => {
      if (!url!.endsWith('.safetensors')) return
      response.writeHead(200, { 'content-length': WEIGHTS.length }).write(WEIGHTS.subarray(0, 1000))
      return true
    }
    vi.stubEnv('HF_HUB_DOWNLOAD_TIMEOUT', '20')
    const stop = new AbortController()
    const work = pull('owner/model', {
      signal: stop.signal,
      progress: ({ status, file }) =>
        status === 'download' && file === 'model.safetensors' && setTimeout(() => stop.abort(), 200),
    })
    await expect(work).rejects.toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError' })
    expect(lstatSync(join(repository(), 'blobs', `${sha256(WEIGHTS)}.incomplete`)).size).toBe(1000)
    await expect(pull('owner/model', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ERR_ABORTED' })
  })

  test('a redirect to what is not safe, or without end, is refused', async () => {
    await serving()
    for (const location of ['file:///etc/passwd', 'ftp://example.com/', '/owner/model/resolve/main/config.json']) {
      hub.wrong = (_, response) => Boolean(response.writeHead(302, { location }).end())
      await expect(pull('owner/model')).rejects.toMatchObject({ code: 'ERR_NETWORK' })
    }
  })

  test('a host where nothing listens is told at once', async () => {
    await serving()
    await hub.stop()
    await expect(pull('owner/model')).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      message: expect.stringContaining('nothing listens'),
    })
  })
})

describe('nothing is written outside of the cache', () => {
  test.each([
    'evil\0.safetensors',
    'evil\n.safetensors',
    '../../evil.safetensors',
    '/tmp/evil.safetensors',
    '..\\evil.safetensors',
    'evil.sh',
    5,
  ])('an index file that names %s is refused', async (name) => {
    await serving({
      'config.json': Buffer.from('{}'),
      'model.safetensors.index.json': Buffer.from(JSON.stringify({ weight_map: { a: name } })),
    })
    await expect(pull('owner/model')).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' })
    expect(readdirSync(join(cache, '..'))).toEqual(['hub'])
  })

  test.each([
    '../evil',
    'a/../../b',
    '/etc',
    'a//b',
    'a/b/c',
    '.',
    '..',
    'owner/..',
    'owner/-',
    '',
    'a b',
    'a--b/c',
    5,
    null,
  ])('a name %j is refused', async (name) => {
    await serving()
    await expect(pull(name as string)).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  test.each(['..', 'a/../b', '/a', '', 'a b', '.git', 5])('a revision %j is refused', async (revision) => {
    await serving()
    await expect(pull('owner/model', { revision: revision as string })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  test.each([
    ['x-repo-commit', '../../evil'],
    ['x-linked-etag', '"../../evil"'],
    ['x-linked-etag', '".."'],
  ])('a header %s: %s is refused', async (header, value) => {
    await serving()
    hub.wrong = (_, response) =>
      Boolean(response.writeHead(200, { 'x-repo-commit': COMMIT, 'x-linked-etag': '"a"', [header]: value }).end())
    await expect(pull('owner/model')).rejects.toMatchObject({ code: 'ERR_HUB' })
    expect(existsSync(cache)).toBe(false)
  })

  test.each([
    'models--owner--model',
    'models--owner--model/blobs',
    `models--owner--model/snapshots/${COMMIT}`,
    '.locks',
  ])('where %s is a link out of the cache, it is not followed', async (path) => {
    await serving()
    const outside = mkdtempSync(join(tmpdir(), 'glassformer-outside-'))
    mkdirSync(join(cache, path, '..'), { recursive: true })
    symlinkSync(outside, join(cache, path))
    await expect(pull('owner/model')).rejects.toMatchObject({ code: 'ERR_FILE' })
    expect(readdirSync(outside)).toEqual([])
    rmSync(outside, { recursive: true })
  })

  test('a link in place of a file that is on its way is not written through, nor a model read through one', async () => {
    await serving()
    const outside = join(cache, '..', 'outside')
    writeFileSync(outside, 'mine')
    mkdirSync(join(repository(), 'blobs'), { recursive: true })
    symlinkSync(outside, join(repository(), 'blobs', `${sha256(WEIGHTS)}.incomplete`))
    await pull('owner/model')
    expect(readFileSync(outside, 'utf8')).toBe('mine')
    expect(readFileSync(join(snapshot(), 'model.safetensors')).equals(WEIGHTS)).toBe(true)
    rmSync(join(snapshot(), 'source.spm'))
    symlinkSync(outside, join(snapshot(), 'source.spm'))
    await expect(Translator.load('owner/model')).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining('out of the cache'),
    })
  })
})

test('two processes that pull at once leave one whole file, which has come once', async () => {
  await serving()
  hub.wrongElsewhere = ({ url, method }, response) => {
    if (method !== 'GET' || !url!.endsWith('.safetensors')) return
    response.writeHead(200, { 'content-length': WEIGHTS.length }).write(WEIGHTS.subarray(0, 150_000))
    sleep(1500).then(() => response.end(WEIGHTS.subarray(150_000)))
    return true
  }
  const env = { HF_HUB_DOWNLOAD_TIMEOUT: '10' }
  const both = await Promise.all([1, 2].map(() => glassformer(['pull', 'owner/model'], '', env)))
  for (const { code, stdout, stderr } of both)
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: `${snapshot()}\n` })
  expect(readFileSync(join(snapshot(), 'model.safetensors')).equals(WEIGHTS)).toBe(true)
  expect(hub.downloaded().filter((name) => name === 'model.safetensors')).toHaveLength(1)
  expect(blobs()).toHaveLength(NEEDED.length)
  expect(readdirSync(join(cache, '.locks', 'models--owner--model'))).toEqual([])
})

describe('offline', () => {
  test('asks nothing, and takes what is in the cache', async () => {
    await serving()
    await pull('owner/model')
    vi.stubEnv('HF_HUB_OFFLINE', '1')
    const before = hub.asked.length
    expect(await pull('owner/model')).toBe(snapshot())
    await expect(pull('owner/other')).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining('HF_HUB_OFFLINE'),
    })
    expect(hub.asked).toHaveLength(before)
  })

  test('a name that is neither a folder nor in the cache: the error says what to run', async () => {
    await serving()
    await expect(Translator.load('owner/model')).rejects.toMatchObject({
      code: 'ERR_FILE',
      message: expect.stringContaining('glassformer pull owner/model'),
    })
    const { code, stderr } = await glassformer(['translate', '--model', 'owner/model', 'a'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('glassformer pull owner/model') })
  })
})

describe('a proxy', () => {
  test('is asked for addresses of http, but for those of NO_PROXY', async () => {
    await serving()
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(`${request.headers['proxy-authorization']} ${request.url}`)
      const { url, method, headers } = request
      request.pipe(
        overHttp(url!, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode!, answer.headers)
          answer.pipe(response)
        }),
      )
    })
    const address = (await listening(proxy)).replace('//', '//user:pass%20word@')
    vi.stubEnv('HTTP_PROXY', address)
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    await pull('owner/model')
    const basic = `Basic ${Buffer.from('user:pass word').toString('base64')}`
    expect(asked).toContain(`${basic} ${hub.address}/owner/model/resolve/main/config.json`)
    const before = asked.length
    vi.stubEnv('NO_PROXY', 'example.com, 127.0.0.1')
    await pull('owner/model', { cache: join(cache, 'another') })
    expect(asked).toHaveLength(before)
    await ended(proxy)
  })

  test('makes a tunnel to a host of https, and no weaker connection follows', async () => {
    const { 'model.safetensors': weights, ...rest } = files()
    await serving({ ...rest, 'pytorch_model.bin': weights })
    const certificate = (name: string) => fileURLToPath(new URL(`./certificate/${name}.pem`, import.meta.url))
    const secured = createSecured(
      { cert: readFileSync(certificate('cert')), key: readFileSync(certificate('key')) },
      hub.listener,
    )
    const { port } = new URL(await listening(secured))
    const tunnels: string[] = []
    const ends = new Set<Socket>()
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      tunnels.push(request.url!)
      const there = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        there.pipe(socket)
        socket.pipe(there)
      })
      for (const end of [there, socket]) ends.add(end.on('error', () => there.destroy()))
    })
    const env = {
      HTTPS_PROXY: await listening(proxy),
      https_proxy: '',
      HF_ENDPOINT: 'https://hub.example',
      NO_PROXY: '',
      no_proxy: '',
      NODE_EXTRA_CA_CERTS: certificate('cert'),
      HF_HUB_DOWNLOAD_TIMEOUT: '10',
    }
    // Weights lie with a host without TLS: what was asked for in secret is not fetched in the open.
    const { stderr } = await glassformer(['pull', 'owner/model'], '', env)
    expect(stderr).toContain('ERR_NETWORK')
    expect(stderr).toContain('not safe')
    expect(tunnels[0]).toBe('hub.example:443')
    expect(hub.asked.length).toBeGreaterThan(10)
    for (const end of ends) end.destroy()
    await Promise.all([ended(proxy), ended(secured)])
  })
})
