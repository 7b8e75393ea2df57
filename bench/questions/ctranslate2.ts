/** How many tokens a second do we translate beside CTranslate2, at equal precision and threads? */
import { fileURLToPath } from 'node:url'
import { besidePeer, idsText, type TranslatingPeer } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import { isPrecision } from '../harness/models.ts'
import type { Question, Setting, Unanswerable } from '../harness/question.ts'

const script = fileURLToPath(new URL('../../peers/ctranslate2_translation.py', import.meta.url))

export async function openCTranslate2(setting: Setting): Promise<Question | Unanswerable> {
  try {
    return besidePeer({ ...(await startCTranslate2(setting)), question: 'ctranslate2', beams: [1, 4] })
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

/** @throws Error that says why it is not there. */
export async function startCTranslate2({ peers, scale }: Setting): Promise<TranslatingPeer> {
  const installed = new InstalledPeers(peers, scale.models)
  const child = await Child.open(installed.python, [script])
  const [version, ...has] = child.greeting.split(' ')
  return {
    name: 'CTranslate2',
    backend: `ctranslate2 ${version}`,
    about: [`CTranslate2 ${version}; it has ${has.join(', ')} on this CPU`],
    child,
    precisions: has.filter(isPrecision),
    words: (model, { precision, threads, beam, made }, sources) => [
      `${installed.converted(model.name, 'ctranslate2')}/${precision}`,
      ...[precision, threads, beam, made],
      idsText(sources.map((ids) => ids.slice(0, -1))), // CTranslate2 adds the end itself
    ],
  }
}
