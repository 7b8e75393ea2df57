/**
 * The worth of drafts: sentences of the Tatoeba test, one at a time on one thread, greedily: without a draft, and with drafts of each kind, in
 * turn. Every run has to find the ids of the run without a draft.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Translator } from '#dist/use/translate/translator.js'
import type { Setting, Telling, Unanswerable } from '../harness/question.ts'
import { part } from '../harness/scale.ts'

const SENTENCES = 200
/** The sentences after which another way has its turn. */
const BLOCK = 25
/** The sentences by which each way is warmed up. */
const WARM = 100

/** One way to draft, and SPEC 10's forecast of how many times as fast it is; null: none was made. */
interface Way {
  name: string
  forecast: Readonly<Record<Precision, number | null>>
  draft(at: Sentence): string | readonly number[] | null
  byAssistant?: true
}

type Precision = 'float32' | 'int8'

interface Sentence {
  text: string
  /** The ids of the translation, that in int8, and that of all words but the last. */
  ids: number[]
  int8: readonly number[]
  before: readonly number[]
}

const none = { float32: null, int8: null }
const ways: readonly Way[] = [
  { name: 'without a draft', forecast: none, draft: () => null },
  { name: "int8's translation, given", forecast: { float32: 3.3, int8: null }, draft: ({ int8 }) => int8 },
  {
    name: 'an assistant: this model in int8',
    forecast: { float32: 2.2, int8: null },
    draft: () => null,
    byAssistant: true,
  },
  {
    name: 'typing: the translation of one word less',
    forecast: { float32: 1.84, int8: 1.13 },
    draft: ({ before }) => before,
  },
  { name: 'lookup', forecast: { float32: 0.95, int8: 0.84 }, draft: () => 'lookup' },
  {
    name: 'always wrong',
    forecast: { float32: 0.98, int8: 0.98 },
    draft: ({ ids }) => ids.map((id) => (id % 4000) + 11),
  },
]

export async function openDrafts({ shared, model, scale }: Setting): Promise<Telling | Unanswerable> {
  const file = join(shared, 'data/tatoeba-fr-en.test.tsv.gz')
  if (!existsSync(file)) return { reason: `${file} is not there; --shared names the folder that has it` }
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n')
  const texts = lines.slice(0, part(scale, SENTENCES, 2)).map((line) => line.split('\t')[0])
  return {
    name: 'drafts',
    async *tell(say) {
      say(`drafts · ${model ?? 'the embedded model'}, ${texts.length} sentences one at a time, greedy, one thread\n`)
      say('| precision | draft | tokens a step | tokens/s | times as fast | forecast |\n|---|---|---|---|---|---|')
      for (const precision of ['float32', 'int8'] as const)
        for (const row of await measured(model, precision, texts)) {
          say(
            `| ${precision} | ${row.case} | ${row.perStep.toFixed(2)} | ${row.tokensPerSecond.toFixed(0)} | ${row.value.toFixed(2)} | ${row.forecast ?? '–'} |`,
          )
          yield { bench: 'drafts', model: model ?? 'fr-en', precision, ...row }
        }
    },
  }
}

async function measured(model: string | undefined, precision: Precision, texts: readonly string[]) {
  const load = { workers: 1, threads: 1, precision } as const
  const int8 = await Translator.load(model, { ...load, precision: 'int8' })
  const own = ways.filter(({ byAssistant }) => !byAssistant || precision === 'float32')
  // The length of drafts is learned from all sentences of a translator: each way has its own.
  const translators = await Promise.all(
    own.map(({ byAssistant }) => Translator.load(model, byAssistant ? { ...load, assistant: 'int8' } : load)),
  )
  const tallies = own.map(() => ({ seconds: 0, tokens: 0, accepted: 0 }))
  try {
    const sentences: Sentence[] = []
    for (const text of texts) sentences.push(await prepared(translators[0], int8, text))
    // The first calls of a thread wait for its compiler.
    for (const [i, way] of own.entries())
      for (const sentence of sentences.slice(0, WARM))
        await translators[i].translate(sentence.text, { ...GREEDY, draft: way.draft(sentence) })
    // Each translator has weights of its own: in blocks of sentences they stay in the processor's caches.
    for (let first = 0; first < sentences.length; first += BLOCK)
      for (const [i, way] of own.entries()) {
        const tally = tallies[i]
        const accepted = translators[i].statistics().acceptedTokens
        for (const sentence of sentences.slice(first, first + BLOCK)) {
          const began = performance.now()
          const { ids } = await translators[i].translate(sentence.text, { ...GREEDY, draft: way.draft(sentence) })
          tally.seconds += (performance.now() - began) / 1000
          tally.tokens += ids.length
          if (ids.join() !== sentence.ids.join())
            throw new Error(`${way.name} changed the translation of “${sentence.text}”`)
        }
        tally.accepted += translators[i].statistics().acceptedTokens - accepted
      }
  } finally {
    for (const translator of [...translators, int8]) await translator.close()
  }
  return own.map(({ name, forecast }, i) => {
    const { seconds, tokens, accepted } = tallies[i]
    return {
      case: name,
      perStep: tokens / (tokens - accepted),
      tokensPerSecond: tokens / seconds,
      value: tallies[0].seconds / seconds,
      forecast: forecast[precision],
    }
  })
}

const GREEDY = { beams: 1, split: 'never' } as const

async function prepared(plain: Translator, int8: Translator, text: string): Promise<Sentence> {
  const { ids } = await plain.translate(text, GREEDY)
  const shorter = text.split(' ').slice(0, -1).join(' ') || text
  return {
    text,
    ids,
    int8: (await int8.translate(text, GREEDY)).ids,
    before: (await plain.translate(shorter, GREEDY)).ids,
  }
}
