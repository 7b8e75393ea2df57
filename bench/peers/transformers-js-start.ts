/**
 * transformers.js' side of bench/questions/start.ts: node transformers-js-start.js FOLDER MODELS DTYPE IDS, where FOLDER has it installed.
 * Translates one sentence of ids greedily and ends; prints the ids, and behind them the seconds of processor time of the process.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , folder, models, dtype, sentence] = process.argv
const require = createRequire(join(folder, 'package.json'))
const { env, AutoModelForSeq2SeqLM, Tensor } = await import(
  pathToFileURL(require.resolve('@huggingface/transformers')).href
)
Object.assign(env, { allowRemoteModels: false, localModelPath: models })
const session_options = { intraOpNumThreads: 1, interOpNumThreads: 1 }
const options = { dtype, local_files_only: true, session_options }
const model = await AutoModelForSeq2SeqLM.from_pretrained('onnx', options)
const ids = BigInt64Array.from(sentence.split(','), BigInt)
const tensor = (data: BigInt64Array) => new Tensor('int64', data, [1, ids.length])
const inputs = { inputs: tensor(ids), attention_mask: tensor(ids.map(() => 1n)), max_new_tokens: 32 }
const { data } = await model.generate({ ...inputs, num_beams: 1, do_sample: false })
console.log([...data].join())
const { user, system } = process.cpuUsage()
console.log((user + system) / 1e6)
process.exit(0) // ONNX Runtime's threads would keep the process alive
