/** How many tokens a second do we translate beside CTranslate2, at equal precision and threads? */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { besidePeer, cells, idsText, type TranslatingPeer, type Work } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import { isPrecision, precisions } from '../harness/models.ts'
import type { Case, Field, Question, Setting, Unanswerable } from '../harness/question.ts'
import { tatoebaSources } from '../harness/tatoeba-sources.ts'
import { waysOf } from '../harness/translating.ts'

const script = fileURLToPath(new URL('../../peers/ctranslate2_translation.py', import.meta.url))

export async function openCTranslate2(setting: Setting): Promise<Question | Unanswerable> {
  try {
    const peer = await startCTranslate2(setting)
    const random = besidePeer({ ...peer, question: 'ctranslate2', beams: [1, 4] })
    return {
      ...random,
      title: `${random.title}; “real”: sentences of the Tatoeba test to the ends of their translations`,
      *cases(field) {
        yield* random.cases(field)
        yield* realCases(field, peer, setting)
      },
    }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

/** The embedded model over real sentences, where the corpus is at hand. */
function* realCases({ models, contenders, scale }: Field, peer: TranslatingPeer, { shared }: Setting): Iterable<Case> {
  const corpus = join(shared, 'data/tatoeba-fr-en.test.tsv.gz')
  const model = scale.models['fr-en']
  if (!existsSync(corpus) || !models.includes(model)) return
  const natives = contenders.filter(({ backend }) => backend === 'native')
  const work: Work = { named: 'real', sources: (count) => tatoebaSources(corpus, count), made: 0 }
  for (const precision of precisions.filter((each) => peer.precisions.includes(each)))
    for (const native of natives)
      yield* cells([native], native.threads, model(precision), precision, waysOf(scale, [32, 256]), [peer], work)
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
