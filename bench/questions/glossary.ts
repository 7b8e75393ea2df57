/** Do the terms of a glossary appear, and what do they cost? 200 terms of test/glossary, by the translator with its default options. */
import { corpusBleu } from '#dist/learn/evaluate/bleu.js'
import { Translator } from '#dist/use/translate/translator.js'
import { glossaryLines } from '../harness/glossary-lines.ts'
import type { Setting, Telling } from '../harness/question.ts'
import { type Scale, some } from '../harness/scale.ts'

const RUNS = 3

export async function openGlossary({ model, scale }: Setting): Promise<Telling> {
  return {
    name: 'glossary',
    async *tell(say) {
      const translator = await Translator.load(model, { workers: 1 })
      try {
        say(`glossary · ${model ?? 'the embedded model'}, default options\n`)
        say('| what | now | goal |\n|---|---|---|')
        for (const { kind, value, goal, most } of await measured(translator, scale)) {
          say(`| ${kind} | ${value.toFixed(2)} | ${most ? '≤' : '≥'} ${goal} |`)
          yield { bench: 'glossary', case: kind, model: model ?? 'fr-en', value, goal }
        }
      } finally {
        await translator.close()
      }
    },
  }
}

async function measured(translator: Translator, scale: Scale) {
  const lines = some(scale, glossaryLines())
  let [withTerms, without] = [Infinity, Infinity]
  const [plain, asked]: [string[], string[]] = [[], []]
  for (let run = 0; run < Math.min(RUNS, scale.mostRounds); run++)
    for (const isAsked of [false, true]) {
      const began = performance.now()
      for (const [i, { sentence, source, target }] of lines.entries()) {
        const { text } = await translator.translate(sentence, isAsked ? { glossary: { [source]: target } } : {})
        ;(isAsked ? asked : plain)[i] = text
      }
      const time = performance.now() - began
      if (isAsked) withTerms = Math.min(withTerms, time)
      else without = Math.min(without, time)
    }
  const appear = lines.filter(({ target }, i) => wordsOf(target).test(asked[i])).length
  // The model's own word, where it differs from the term, counts among the others.
  const others = (texts: readonly string[], places: readonly number[]) =>
    corpusBleu(
      places.map((i) => texts[i].replace(wordsOf(lines[i].target), '')),
      places.map((i) => [lines[i].reference.replace(wordsOf(lines[i].target), '')]),
    ).score
  const all = lines.map((_, i) => i)
  const own = all.filter((i) => wordsOf(lines[i].target).test(plain[i]))
  return [
    {
      kind: `terms of ${lines.length} that appear, in percent`,
      value: (100 * appear) / lines.length,
      goal: 99,
      most: false,
    },
    { kind: 'the same without a glossary', value: (100 * own.length) / lines.length, goal: 0, most: false },
    { kind: 'BLEU of the other words, lost', value: others(plain, all) - others(asked, all), goal: 0.5, most: true },
    {
      kind: 'the same where the model says the term by itself',
      value: others(plain, own) - others(asked, own),
      goal: 0.5,
      most: true,
    },
    { kind: 'time beside that without a glossary', value: withTerms / without, goal: 2, most: true },
  ]
}

const wordsOf = (target: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}])${target.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'iu')
