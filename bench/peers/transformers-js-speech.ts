/**
 * transformers.js' side of bench/questions/speech.ts, in a process of its own: node transformers-js-speech.js FOLDER, in which it is installed.
 * Answers as speech_peers.py does; BATCHED is not known here.
 */
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { measured, samplesOf } from '../harness/speech-run.ts'

/** The part of the library's API that we call; its types are not installed at compile time. */
interface TransformersJs {
  env: { version: string; allowRemoteModels: boolean; localModelPath: string }
  pipeline(task: string, model: string, options: object): Promise<Recognize>
}
type Recognize = (samples: Float32Array, options: object) => Promise<{ text: string }>

const [, , folder] = process.argv
const require = createRequire(join(folder, 'package.json'))
const library: TransformersJs = await import(pathToFileURL(require.resolve('@huggingface/transformers')).href)
library.env.allowRemoteModels = false

let recognize: Recognize

/** Seconds of sound that are read at once, and that two neighbors share, where a sound is longer than a window. */
const CHUNKS = { chunk_length_s: 30, stride_length_s: 5 }

async function prepare([model, precision, threads]: string[]): Promise<string> {
  library.env.localModelPath = dirname(model)
  recognize = await library.pipeline('automatic-speech-recognition', basename(model), {
    dtype: precision === 'int8' ? 'q8' : 'fp32',
    session_options: { intraOpNumThreads: Number(threads), interOpNumThreads: 1 },
  })
  return 'ready'
}

async function run([path, language]: string[]): Promise<string> {
  const samples = await samplesOf(path)
  return measured(async () => {
    const { text } = await recognize(samples, { language, ...(samples.length > 480_000 && CHUNKS) })
    return text
  })
}

const commands: Record<string, (words: string[]) => Promise<string>> = { prepare, run }
console.log(`transformers.js ${library.env.version}`)
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  console.log(await commands[command](words).catch((error: Error) => `error ${error.message.replaceAll(/\s+/g, ' ')}`))
}
process.exit(0) // ONNX Runtime's threads would keep the process alive
