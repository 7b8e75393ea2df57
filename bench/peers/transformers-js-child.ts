/**
 * transformers.js' side of bench/questions/transformers-js.ts, in a process of its own: node transformers-js-child.js FOLDER, in which it is
 * installed. With `wasm THREADS` behind it, it plays on the WebAssembly of onnxruntime-web in place of onnxruntime-node. Answers a line for each line of input; the first that it prints are the versions.
 *   prepare MODELS DTYPE THREADS LENGTH SENTENCES   sentences of ids with the end, 5,6,0/8,9,0, all of one length: makes a greedy
 *                                                   translation of each, LENGTH tokens, and answers with its ids
 *   run RUNS                                        answers with the seconds of so many translations of the same sentences
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

/** The part of the library's API that we call; its types are not installed at compile time. */
interface TransformersJs {
  env: {
    version: string
    allowRemoteModels: boolean
    localModelPath: string
    backends: { onnx: { wasm: { wasmPaths: string } } }
  }
  AutoModelForSeq2SeqLM: { from_pretrained(name: string, options: object): Promise<Model> }
  Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown
}

interface Model {
  generate(options: object): Promise<{ data: BigInt64Array; dims: number[] }>
}

const [, , folder, wasm, wasmThreads] = process.argv
const require = createRequire(join(folder, 'package.json'))
const runtimeName = wasm ? 'onnxruntime-web' : 'onnxruntime-node'
const imported = async (name: string) => import(pathToFileURL(require.resolve(name)).href)
if (wasm) {
  const runtime = await imported('onnxruntime-web')
  runtime.env.wasm.numThreads = Number(wasmThreads)
  // The symbol under which transformers.js looks for a runtime.
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: runtime })
}
const library: TransformersJs = await imported('@huggingface/transformers')
if (wasm) {
  // Its files are beside it, and not at the URL from which pages load them.
  const wasmPaths = pathToFileURL(join(folder, 'node_modules/onnxruntime-web/dist/')).href
  Object.assign(library.env, { useWasmCache: false })
  library.env.backends.onnx.wasm.wasmPaths = wasmPaths
}
const runtime: { version: string } = require(join(folder, 'node_modules', runtimeName, 'package.json'))
library.env.allowRemoteModels = false

const loaded = new Map<string, Model>()
let translate: () => ReturnType<Model['generate']>

async function modelOf(folder: string, dtype: string, threads: number): Promise<Model> {
  const key = `${folder} ${dtype} ${threads}`
  let model = loaded.get(key)
  if (!model) {
    library.env.localModelPath = folder
    const options = wasm ? { executionProviders: ['wasm'] } : { intraOpNumThreads: threads, interOpNumThreads: 1 }
    model = await library.AutoModelForSeq2SeqLM.from_pretrained('onnx', {
      dtype,
      ...(wasm && { device: 'auto' }), // a custom runtime has no other device name
      local_files_only: true,
      session_options: options,
    })
    loaded.set(key, model)
  }
  return model
}

async function prepare([folder, dtype, threads, length, sentences]: string[]): Promise<string> {
  const model = await modelOf(folder, dtype, Number(threads))
  const ids = sentences.split('/').map((sentence) => sentence.split(',').map(BigInt))
  const dims = [ids.length, ids[0].length]
  const inputs = new library.Tensor('int64', BigInt64Array.from(ids.flat()), dims)
  const mask = new library.Tensor('int64', new BigInt64Array(ids.length * ids[0].length).fill(1n), dims)
  const exactly = { min_new_tokens: Number(length), max_new_tokens: Number(length) }
  translate = () => model.generate({ inputs, attention_mask: mask, ...exactly, num_beams: 1, do_sample: false })
  const { data, dims: made } = await translate()
  // Each row begins with the start token, which is not part of the translation.
  const row = (i: number) => [...data.subarray(i * made[1] + 1, (i + 1) * made[1])].join(',')
  return ids.map((_, i) => row(i)).join('/')
}

async function run([runs]: string[]): Promise<string> {
  const began = performance.now()
  for (let i = 0; i < Number(runs); i++) await translate()
  return String((performance.now() - began) / 1000)
}

const commands: Record<string, (words: string[]) => Promise<string>> = { prepare, run }
console.log(`transformers.js ${library.env.version}, ${runtimeName} ${runtime.version}`)
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  console.log(await commands[command](words).catch((error: Error) => `error ${error.message.replaceAll(/\s+/g, ' ')}`))
}
process.exit(0) // ONNX Runtime's threads would keep the process alive
