import { expect, test } from 'vitest'
import { Translator } from '#dist/use/translate/translator.js'
import { BergamotPeers } from '../../../../bench/harness/bergamot-peers.ts'

const sentences = [
  ...[
    'She asked me to open the door.',
    'The train leaves in ten minutes.',
    'I have never seen such a beautiful garden.',
  ],
  ...['Where did you buy these shoes?', 'He works in a bank.', 'Nobody knew what to do.', 'It costs 25 dollars.'],
  ...['My father is older than my mother.', 'Please close the window!', 'They have been living here for ten years.'],
]

test('models of browsers translate as in WebAssembly, from English and back', { timeout: 300_000 }, async (context) => {
  let peers: BergamotPeers
  try {
    peers = BergamotPeers.of(undefined)
  } catch (error) {
    return context.skip((error as Error).message)
  }
  const bergamot = await peers.open()
  let texts: readonly string[] = sentences
  let same = 0
  for (const direction of ['en-pt', 'pt-en'] as const) {
    const model = peers.model(direction)
    await using translator = await Translator.load(model, { workers: 1, threads: 1 })
    const { texts: expected } = await bergamot.translate(model, texts)
    // Bergamot's worker sets this factor, whatever the model says.
    const ours = translator.translateSync(texts, { maxLengthFactor: 2 }).map(({ text }) => text)
    same += ours.filter((text, i) => text === expected[i]).length
    texts = expected
  }
  bergamot.close()
  expect(same).toBeGreaterThanOrEqual(2 * sentences.length - 1)
})
