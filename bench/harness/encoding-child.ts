/** Our side of bench/questions/encoder.ts, in a process of its own, which answers as bench/peers/transformers-js-encoding.ts does. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Encoder } from '#dist/use/encode/index.js'
import { measuredEncoding } from './encoding-run.ts'

let encoder: Encoder | undefined
let texts: string[]
let together: number

/** One text is computed on all threads; of several, each thread has its own. */
async function prepare([model, precision, threads, batch, file]: string[]): Promise<string> {
  await encoder?.close()
  together = Number(batch)
  const each = together === 1 ? { workers: 1, threads: Number(threads) } : { workers: Number(threads), threads: 1 }
  encoder = await Encoder.load(model, { precision: precision as 'int8', ...each })
  texts = JSON.parse(readFileSync(file, 'utf8'))
  await encoder.embed(texts.slice(0, 64))
  return `workers=${each.workers},threads=${each.threads}`
}

const run = (): Promise<string> => measuredEncoding(texts, together, (some) => encoder!.embed(some))

const commands: Record<string, (words: string[]) => Promise<string>> = { prepare, run }
console.log('Glassformer, in its workers')
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  console.log(await commands[command](words).catch((error: Error) => `error ${error.message.replaceAll(/\s+/g, ' ')}`))
}
await encoder?.close()
