import type { Translator } from '#dist/use/translate/translator.js'
import type { TextPeer } from './bergamot-peers.ts'
import type { Contender } from './contender.ts'
import { median } from './interleave.ts'
import type { Case, Question } from './question.ts'

const batches = [1, 32]
const SENTENCES = 32

/** Our translations of texts by a model that browsers ship, and a peer's, in turn. */
export interface TextToText {
  question: Question['name']
  /** The head of the peer's column. */
  name: string
  peer: TextPeer
  /** The model's folder. */
  model: string
  translator: Translator
  /** Translates texts that are handed in together. */
  translate(texts: readonly string[]): readonly string[] | Promise<readonly string[]>
  about: string
  /** Where it is written why translations differ. */
  differences: string
}

/** Rows by the number of sentences that are handed in together. */
export function textToText(both: TextToText): Question {
  const { question, name, peer, model, translator } = both
  const { backend, isa, blas } = translator.backendInfo()
  const on = { precision: 'int8', threads: 1 }
  const ours: Contender = { ...on, name: 'native', backend, isa, blas }
  const theirs: Contender = { ...on, name, backend: peer.version, isa: 'its own', blas: 'its own' }
  const same: string[] = []
  const busy = new Map<number, { ours: number[]; theirs: number[] }>()
  const translate = async (batch: number): Promise<string[]> => {
    const all: string[] = []
    for (let i = 0; i < sentences.length; i += batch) all.push(...(await both.translate(sentences.slice(i, i + batch))))
    return all
  }
  return {
    name: question,
    title: 'English to Portuguese, text to text; sentences together',
    unit: 'tokens/s',
    about: [both.about],
    contenders: () => [ours, theirs],
    *cases(): Iterable<Case> {
      const tokens = translator.translateSync(sentences).reduce((sum, { ids }) => sum + ids.length, 0)
      for (const batch of batches) {
        const spent = { ours: [] as number[], theirs: [] as number[] }
        busy.set(batch, spent)
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
                const [began, before] = [performance.now(), process.cpuUsage()]
                for (let i = 0; i < runs; i++) await translate(batch)
                const { user, system } = process.cpuUsage(before)
                spent.ours.push((user + system) / 1e6 / runs)
                return (performance.now() - began) / 1000
              },
            },
            {
              contender: theirs,
              async prepare() {
                const { texts } = await peer.translate(model, sentences, { batch })
                const equal = (await translate(batch)).filter((text, i) => text === texts[i]).length
                same.push(`${batch} together: ${equal} of ${sentences.length} translations are the same`)
              },
              async run(runs) {
                let seconds = 0
                for (let i = 0; i < runs; i++) {
                  const answer = await peer.translate(model, sentences, { batch })
                  seconds += answer.seconds
                  spent.theirs.push(answer.busy)
                }
                return seconds
              },
            },
          ],
        }
      }
    },
    conclude: () => [
      ...same,
      ...[...busy].map(
        ([batch, { ours, theirs }]) =>
          `${batch} together: ${(median(theirs) / median(ours)).toFixed(2)}× by the time of processors`,
      ),
      both.differences,
    ],
    close: () => {
      peer.close()
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
