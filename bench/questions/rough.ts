/** Does a model hold up on text as people have it? Lines of test/rough, by the translator with its default options. */
import { Translator } from '#dist/use/translate/translator.js'
import type { Setting, Telling } from '../harness/question.ts'
import { type RoughScore, roughLines, roughSentences, scoreRough } from '../harness/rough-lines.ts'
import { some } from '../harness/scale.ts'

export async function openRough({ model, scale }: Setting): Promise<Telling> {
  return {
    name: 'rough',
    async *tell(say) {
      const translator = await Translator.load(model)
      try {
        say(`rough · ${model ?? 'the embedded model'}, default options\n`)
        say('| kind | now | goal |\n|---|---|---|')
        const translate = async (lines: readonly string[]) =>
          (await translator.translate(lines)).map(({ text }) => text)
        for await (const score of scoreRough(translate, some(scale, roughSentences()), some(scale, roughLines()))) {
          const { kind, value, of, goal } = score
          say(`| ${kind} | ${shown(score)} | ${score.most ? '≤' : '≥'} ${goal} |`)
          yield { bench: 'rough', case: kind, model: model ?? 'fr-en', value, of: of ?? null, goal }
        }
      } finally {
        await translator.close()
      }
    },
  }
}

const shown = ({ value, of }: RoughScore) => (of === undefined ? value.toFixed(3) : `${value} of ${of}`)
