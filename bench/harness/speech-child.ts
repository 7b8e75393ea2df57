/** Our side of bench/questions/speech.ts, in a process of its own, which answers as bench/peers/speech_peers.py does. */
import { createInterface } from 'node:readline'
import { Transcriber } from '#dist/use/transcribe/transcriber.js'
import { measured } from './speech-run.ts'

let transcriber: Transcriber | undefined
let options: { beams: number; batched?: true }

async function prepare([model, precision, threads, beams, batched]: string[]): Promise<string> {
  await transcriber?.close()
  transcriber = await Transcriber.load(model, { precision: precision as 'int8', threads: Number(threads), workers: 1 })
  options = { beams: Number(beams), ...(batched === '1' && { batched: true }) }
  return 'ready'
}

const run = ([path, language]: string[]): Promise<string> =>
  measured(async () => (await transcriber!.transcribe(path, { language, temperature: 0, ...options })).text)

const commands: Record<string, (words: string[]) => Promise<string>> = { prepare, run }
console.log('Glassformer')
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  console.log(await commands[command](words).catch((error: Error) => `error ${error.message.replaceAll(/\s+/g, ' ')}`))
}
await transcriber?.close()
