/**
 * The peers of bench/questions/encoder.ts, in a process of their own: node transformers-js-encoding.js FOLDER ENGINE, where FOLDER has
 * transformers.js installed. ENGINE is `transformers.js`, its pipeline as its documentation calls it, or `onnxruntime-node`, which takes
 * texts sorted by length, in the batches that are fastest here. Answers as bench/harness/encoding-child.ts does.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { measuredEncoding } from '../harness/encoding-run.ts'

interface Ids {
  data: BigInt64Array
  dims: number[]
}
type Tokenize = (texts: readonly string[], options: object) => Record<string, Ids>

/** The parts of both libraries that we call; their types are not installed at compile time. */
interface TransformersJs {
  env: { version: string; allowRemoteModels: boolean; localModelPath: string }
  pipeline(task: string, model: string, options: object): Promise<Extract>
  AutoTokenizer: { from_pretrained(model: string): Promise<Tokenize> }
}
type Extract = (texts: readonly string[], options: object) => Promise<{ tolist(): number[][] }>
interface OnnxRuntime {
  InferenceSession: { create(path: string, options: object): Promise<Session> }
  Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => object
}
interface Session {
  inputNames: readonly string[]
  run(feeds: object): Promise<{ last_hidden_state: { data: Float32Array; dims: readonly number[] } }>
}
type Embed = (texts: string[]) => Promise<ArrayLike<number>[]>

const [, , folder, engine] = process.argv
const require = createRequire(join(folder, 'package.json'))
const library: TransformersJs = await import(pathToFileURL(require.resolve('@huggingface/transformers')).href)
library.env.allowRemoteModels = false

/** As the examples of transformers.js embed a list: in its order, the shorter ones padded, at most 32 at once. */
async function pipelineOf(precision: string, threads: number): Promise<Embed> {
  const extract = await library.pipeline('feature-extraction', modelName, {
    dtype: precision === 'int8' ? 'q8' : 'fp32',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  })
  return async (texts) => {
    const vectors: number[][] = []
    for (let at = 0; at < texts.length; at += 32)
      vectors.push(...(await extract(texts.slice(at, at + 32), { pooling: 'mean', normalize: true })).tolist())
    return vectors
  }
}

/** A session of ONNX Runtime, with texts of like lengths side by side. */
async function sessionOf(model: string, precision: string, threads: number): Promise<(most: number) => Embed> {
  const { InferenceSession, Tensor }: OnnxRuntime = require(join(folder, 'node_modules/onnxruntime-node'))
  const file = join(model, 'onnx', precision === 'int8' ? 'model_quantized.onnx' : 'model.onnx')
  const session = await InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1 })
  const tokenize = await library.AutoTokenizer.from_pretrained(modelName)
  return (most) => async (texts) => {
    const order = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length)
    const vectors: Float32Array[] = []
    for (let at = 0; at < order.length; at += most) {
      const chosen = order.slice(at, at + most)
      const some = chosen.map((i) => texts[i])
      const ids = tokenize(some, { padding: true, truncation: true, max_length: 256 })
      const feeds = session.inputNames.map((name) => [name, new Tensor('int64', ids[name].data, ids[name].dims)])
      const { last_hidden_state: states } = await session.run(Object.fromEntries(feeds))
      const mask = ids.attention_mask.data
      for (const [row, i] of chosen.entries()) vectors[i] = meanOf(states.data, states.dims, mask, row)
    }
    return vectors
  }
}

/** The mean of the states [texts, length, width] of a text, at length 1. */
function meanOf(states: Float32Array, [, length, width]: readonly number[], mask: BigInt64Array, row: number) {
  const mean = new Float32Array(width)
  for (let at = row * length; at < (row + 1) * length; at++)
    if (mask[at]) for (let i = 0; i < width; i++) mean[i] += states[at * width + i]
  const norm = Math.hypot(...mean)
  return mean.map((value) => value / norm)
}

let modelName: string
let texts: string[]
let together: number
let embed: Embed

async function prepare([model, precision, threads, batch, file]: string[]): Promise<string> {
  library.env.localModelPath = dirname(model)
  modelName = basename(model)
  texts = JSON.parse(readFileSync(file, 'utf8'))
  together = Number(batch)
  if (engine === 'transformers.js') {
    embed = await pipelineOf(precision, Number(threads))
    await embed(texts.slice(0, 64))
    return 'batches=32'
  }
  const taking = await sessionOf(model, precision, Number(threads))
  const sizes = together === 1 ? [1] : [1, 8, 32]
  const trial = texts.slice(0, Math.min(together, 128))
  const times: number[] = []
  for (const most of sizes) {
    await taking(most)(trial.slice(0, 32))
    const began = performance.now()
    await taking(most)(trial)
    times.push(performance.now() - began)
  }
  const best = sizes[times.indexOf(Math.min(...times))]
  embed = taking(best)
  return `sorted,batches=${best}`
}

const run = (): Promise<string> => measuredEncoding(texts, together, embed)

const commands: Record<string, (words: string[]) => Promise<string>> = { prepare, run }
console.log(`${engine}, transformers.js ${library.env.version}`)
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  console.log(await commands[command](words).catch((error: Error) => `error ${error.message.replaceAll(/\s+/g, ' ')}`))
}
process.exit(0) // ONNX Runtime's threads would keep the process alive
