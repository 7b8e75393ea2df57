import type { ModelConfig } from '../../engine/model/config/config.ts'
import { writtenNumbers } from '../../language/protect/written-numbers.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import { corpusBleu } from '../evaluate/bleu.ts'
import type { LanguagePair } from './augment/case.ts'
import { filled } from './augment/slot.ts'
import { numberSlots } from './augment/slots.ts'
import type { Pair } from './pairs/pair.ts'
import { Random } from './state/random.ts'

/** How well a model translates what it could before it was trained further. BLEU is 0 to 100. */
export interface Kept {
  /** BLEU of general sentences, those held out of `data.mix`; null where nothing is mixed in. */
  everyday: number | null
  /** BLEU of the same sentences made rougher, as ratios to that of the plain ones; null where there are none. */
  rough: { joined: number; capitals: number; lower: number } | null
  /** Lines with an amount of money or another number, and those whose translation has its digits. */
  amounts: { right: number; of: number }
}

/** Measurements of `Kept` before the first step, and after the last. */
export interface KeptReport extends Kept {
  step: number
}

/** Lines to be translated before a training and after it. */
export interface KeptLines {
  isEveryday: boolean
  plain: readonly Pair[]
  joined: readonly Pair[]
  amounts: readonly string[]
}

const AMOUNTS = 40

/** Bits of a random stream, other than those of a training. */
const STREAM = 0xa307

/**
 * The lines by which forgetting is measured. `everyday` are general pairs, and `unseen` pairs of the training, which are made rougher where
 * there are no general ones.
 */
export function keptLines(
  { everyday, unseen }: { everyday: readonly Pair[]; unseen: readonly Pair[] },
  languages: LanguagePair,
  fits: (text: string) => boolean,
): KeptLines {
  const isEveryday = everyday.length > 0
  const plain = (isEveryday ? everyday : unseen).filter(({ source }) => fits(source))
  return {
    isEveryday,
    plain,
    joined: inThrees(plain).filter(({ source }) => fits(source)),
    amounts: amountLines(plain, languages).filter(fits),
  }
}

/** The longest source of a model that a line of its own may have. */
export const fitting =
  (tokenizer: Pick<Tokenizer, 'encode'>, { maxLength }: ModelConfig) =>
  (text: string): boolean =>
    tokenizer.encode(text).length <= maxLength

/** Measures a model that translates by `translate`, without what the translator adds to a model. */
export async function measureKept(
  { isEveryday, plain, joined, amounts }: KeptLines,
  languages: LanguagePair,
  translate: (texts: readonly string[]) => Promise<string[]>,
): Promise<Kept> {
  const sources = plain.map(({ source }) => source)
  const [here, together, capitals, lower, numbers] = [
    await translate(sources),
    await translate(joined.map(({ source }) => source)),
    await translate(sources.map((source) => source.toLocaleUpperCase(languages.source))),
    await translate(sources.map((source) => withoutStop(source.toLocaleLowerCase(languages.source)))),
    await translate(amounts),
  ]
  const references = plain.map(({ target }) => target)
  const plainScore = bleu(here, references)
  const caseless = (texts: readonly string[]) => bleu(texts.map(small), references.map(small))
  const pairs = here.map((target, i) => ({ source: sources[i], target }))
  return {
    everyday: isEveryday ? plainScore : null,
    rough: plain.length
      ? {
          joined: ratio(
            bleu(
              together,
              joined.map(({ target }) => target),
            ),
            bleu(
              inThrees(pairs)
                .slice(0, joined.length)
                .map(({ target }) => target),
              joined.map(({ target }) => target),
            ),
          ),
          capitals: ratio(caseless(capitals), caseless(here)),
          lower: ratio(caseless(lower), caseless(here)),
        }
      : null,
    amounts: { right: amounts.filter((line, i) => hasNumbers(line, numbers[i], languages)).length, of: amounts.length },
  }
}

/** Whether a translation has all numbers of a line. */
const hasNumbers = (line: string, translation: string, languages: LanguagePair): boolean =>
  writtenNumbers(line, { source: languages.source, target: languages.target }).every(
    ({ forms }) => translation.search(forms) >= 0,
  )

const small = (text: string) => withoutStop(text.toLowerCase())
const withoutStop = (text: string) => text.replace(/[.。]$/, '')
const ratio = (score: number, beside: number) => (beside > 0 ? score / beside : 0)
const bleu = (texts: readonly string[], references: readonly string[]) =>
  texts.length
    ? corpusBleu(
        texts,
        references.map((reference) => [reference]),
      ).score
    : 0

const inThrees = (pairs: readonly Pair[]): Pair[] =>
  Array.from({ length: Math.floor(pairs.length / 3) }, (_, i) => {
    const three = pairs.slice(3 * i, 3 * i + 3)
    return { source: three.map(({ source }) => source).join(' '), target: three.map(({ target }) => target).join(' ') }
  })

/** Half of the lines are an amount alone; the others are sentences with a number, which another takes the place of. */
function amountLines(pairs: readonly Pair[], { source: language }: LanguagePair): string[] {
  const random = new Random(STREAM)
  const amount = () => {
    const value = random.below(10 ** (2 + random.below(5))) + 10
    const cents = random.below(3) ? 0 : random.below(100)
    return new Intl.NumberFormat(language, { minimumFractionDigits: cents ? 2 : 0, numberingSystem: 'latn' })
      .format(value + cents / 100)
      .replace(/[\u00a0\u202f]/g, ' ')
  }
  const numbered = pairs.flatMap((pair) => {
    const slots = numberSlots(pair)
    return slots.length ? [{ pair, slots }] : []
  })
  return Array.from({ length: AMOUNTS }, (_, i) => {
    if (i % 2 === 0 || !numbered.length) return `${amount()} ${CURRENCIES[(i >> 1) % CURRENCIES.length]}`
    const { pair, slots } = numbered[(i >> 1) % numbered.length]
    return filled(pair, slots.slice(0, 1), [amount]).source
  })
}

const CURRENCIES = ['€', 'EUR', '$', '£']
