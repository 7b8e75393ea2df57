import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { nativeReasons } from '../backends.ts'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readText, root } from './repository.ts'

const folder = scratchFolder()
const index = JSON.stringify(pathToFileURL(join(root, 'dist', 'index.js')).href)
const env = { ...(nativeReasons.length ? { GLASSFORMER_BACKEND: 'js' } : {}), ...process.env, PORT: '0' }

/** Tells on standard output when a translation begins, and with which code it fails. */
writeFileSync(
  join(folder, 'watch.mjs'),
  `import { Translator } from ${index}
  const { translate } = Translator.prototype
  Translator.prototype.translate = function (...given) {
    console.log('begun')
    const result = translate.apply(this, given)
    result.catch((error) => console.log(error.code))
    return result
  }`,
)

/** Writes the program of docs/api.md that begins with a comment of this name. */
function recipe(name: string, before = ''): string {
  const programs = Array.from(readText('docs/api.md').matchAll(/```js\n(.*?)```/gs), ([, program]) => program)
  const program = programs.find((text) => text.startsWith(`// ${name}`))
  if (!program) throw new Error(`docs/api.md has no program named ${name}`)
  writeFileSync(join(folder, name), before + program.replaceAll("'glassformer'", index))
  return join(folder, name)
}

const children: ChildProcess[] = []
afterAll(() => children.forEach((child) => void child.kill()))

/** A recipe that listens: its port, and the lines that it prints from then on. */
async function listening(name: string): Promise<{ port: number; lines: AsyncIterator<string> }> {
  const child = spawn(process.execPath, ['--import', './watch.mjs', recipe(name)], { cwd: folder, env })
  children.push(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value } = await lines.next()
  const port = Number(/listening on .*?(\d+)$/.exec(value ?? '')?.[1])
  expect(port, stderr).toBeGreaterThan(0)
  return { port, lines }
}

const post = (url: string, body: unknown) =>
  fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })

/** Asks for a long translation and leaves as soon as it has begun; what the server says of it. */
async function left(port: number, path: string, lines: AsyncIterator<string>): Promise<string> {
  const asking = request({ port, path, method: 'POST', headers: { 'content-type': 'application/json' } })
  asking.on('error', () => {}) // of our own leaving
  asking.end(JSON.stringify({ text: 'Il fait froid ce matin. '.repeat(400) }))
  expect((await lines.next()).value).toBe('begun')
  asking.destroy()
  return (await lines.next()).value
}

describe('recipes of docs/api.md', () => {
  test('an HTTP server translates, refuses, and stops for who has left', async () => {
    const { port, lines } = await listening('server.mjs')
    const url = `http://localhost:${port}`
    expect(await (await post(url, { text: 'Je suis étudiant.' })).json()).toEqual({ text: 'I am a student.' })
    expect((await lines.next()).value).toBe('begun')
    expect((await post(url, 'no JSON')).status).toBe(400)
    const refused = await post(url, { text: 7 })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('must be a text')])
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual(['begun', 'ERR_INPUT'])
    expect((await post(url, { text: 'a'.repeat(200_000) })).status).toBe(413)
    expect(await left(port, '/', lines)).toBe('ERR_ABORTED')
    expect((await post(url, { text: 'Merci.' })).status).toBe(200)
  })

  test('a Fastify handler does the same', async (context) => {
    mkdirSync(join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const install = ['install', 'fastify@5', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
    const { status } = spawnSync('npm', install, { cwd: folder, encoding: 'utf8', timeout: 120_000 })
    context.skip(status !== 0, 'no package registry that has fastify')
    const { port, lines } = await listening('fastify.mjs')
    const url = `http://localhost:${port}/translate`
    expect(await (await post(url, { text: 'Je suis étudiant.' })).json()).toMatchObject({ text: 'I am a student.' })
    expect((await lines.next()).value).toBe('begun')
    expect((await post(url, {})).status).toBe(400)
    expect(await left(port, '/translate', lines)).toBe('ERR_ABORTED')
  }, 200_000)

  test('server-sent events have the pieces one by one', async () => {
    const { port } = await listening('events.mjs')
    const response = await fetch(`http://localhost:${port}/?text=Je+suis+%C3%A9tudiant.`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = (await response.text()).split('\n\n')
    expect(events.splice(-2)).toEqual(['event: end\ndata:', ''])
    expect(events.length).toBeGreaterThan(1)
    expect(events.map((event) => JSON.parse(event.replace(/^data: /, ''))).join('')).toBe('I am a student.')
  })

  test('worker threads translate on their own', async () => {
    const child = spawn(process.execPath, [recipe('workers.mjs')], { cwd: folder, env })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
    expect(await once(child, 'close')).toEqual([0, null])
    expect(text).toBe("Thank you.\nIt's cold.\n")
  })

  test('a folder is written from arrays', async () => {
    const values = 'const valuesOf = (name) => new Float32Array(weights.get(name).length).fill(0.5)\n'
    const { status, stderr } = spawnSync(process.execPath, [recipe('folder.mjs', values)], { cwd: folder })
    expect(status, String(stderr)).toBe(0)
    expect(existsSync(join(folder, 'my-model', 'config.json'))).toBe(true)
    await using translator = await Translator.load(join(folder, 'my-model'), { backend: 'js', workers: 1 })
    expect(translator.model.config.dModel).toBe(8)
  })
})
