/**
 * Bergamot, in a process of its own: node bergamot.mjs FOLDER, in which bergamot.sh has installed it. It answers each line of JSON with one,
 * the first of which is its version:
 *   { model, texts, batch, options }   a folder of a model, texts, how many of them go together, and settings that the model's are replaced
 *                                      by → { texts, seconds, busy }, the clock's seconds and those of processors
 *   { …, scores: true }                → { texts, scores, seconds, busy }: for each text its words, and the logits of their tokens in the mean
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const folder = join(process.argv[2], 'node/node_modules/@browsermt/bergamot-translator')
const path = join(folder, 'worker/translator-worker.js')
const require = createRequire(import.meta.url)

/**
 * The code of its worker, which is CommonJS in a package of ES modules, and so finds no `require`. The script gives it
 * one, and a port that receives no messages: the worker's methods are called here, on this thread.
 */
function workerOf() {
  const parentPort = { on() {}, postMessage() {} }
  const shim = (name) => (name === 'node:worker_threads' ? { parentPort } : require(name))
  // The scripts that it loads are evaluated as separate scripts.
  Object.assign(globalThis, { require: shim, __dirname: dirname(path), __filename: path })
  const names = ['require', '__dirname', '__filename', 'global']
  const run = new Function(...names, `${readFileSync(path, 'utf8')}\nreturn worker`)
  return run(shim, dirname(path), path, globalThis)
}

const worker = workerOf()
await worker.initialize({})
const loaded = new Map()

/** The name under which a model has been loaded with these settings. */
function modelOf(model, options) {
  const key = JSON.stringify([model, options])
  if (loaded.has(key)) return loaded.get(key)
  const names = readdirSync(model)
  const read = (pattern) => {
    const { buffer, byteOffset, length } = readFileSync(
      join(
        model,
        names.find((name) => pattern.test(name)),
      ),
    )
    return buffer.slice(byteOffset, byteOffset + length)
  }
  const language = { from: `${loaded.size}`, to: 'x' }
  const files = { model: read(/^model.*\.bin$/), shortlist: read(/^lex.*\.bin$/), vocabs: [read(/\.spm$/)] }
  worker.loadTranslationModel(language, { ...files, config: options })
  loaded.set(key, language)
  return language
}

function translated({ model, texts, batch, options, scores = false }) {
  const models = [modelOf(model, options)]
  const all = []
  const [began, before] = [performance.now(), process.cpuUsage()]
  for (let i = 0; i < texts.length; i += batch) {
    const some = texts
      .slice(i, i + batch)
      .map((text) => ({ text: scores ? escaped(text) : text, html: scores, qualityScores: scores }))
    for (const { target } of worker.translate({ models, texts: some })) all.push(target.text)
  }
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  const spent = { seconds, busy: (user + system) / 1e6 }
  return scores ? { texts: all.map(plain), scores: all.map(wordScores), ...spent } : { texts: all, ...spent }
}

/** Scores come as attributes in HTML. They are logits, because the worker skips the softmax where there is one beam (skip-cost). */
const wordScores = (html) =>
  [...html.matchAll(/x-bergamot-word-score="([^"]*)">(.*?)<\/font>/gs)].map(([, score, word]) => [
    plain(word),
    Number(score),
  ])

const marks = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text) => text.replaceAll(/[&<>]/g, (mark) => marks[mark])
const plain = (html) =>
  Object.entries(marks).reduceRight(
    (text, [mark, entity]) => text.replaceAll(entity, mark),
    html.replaceAll(/<[^>]*>/g, ''),
  )

console.log(`Bergamot ${JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version} (WebAssembly)`)
for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(translated(JSON.parse(line))))
  } catch (error) {
    console.log(`error ${String(error.message ?? error).replaceAll(/\s+/g, ' ')}`)
  }
}
process.exit(0)
