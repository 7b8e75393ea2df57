import { lastOf } from '../../../base/present.ts'
import type { TrainedOn } from '../../../files/folders/layout/loaded-model.ts'
import type { SplitText } from '../../../language/text/sentences/lines.ts'
import { splitSentences } from '../../../language/text/sentences/sentences.ts'
import type { SentenceTranslation } from '../searches/sentence-search.ts'
import type { Group, PreparedText } from './prepared-sentence.ts'
import type { TranslatedSentence } from './translation-maker.ts'

/** How many sentences are read together. */
export interface Packing {
  /** The most tokens of a passage. */
  most: number
  /** The number of tokens of a sentence. */
  tokensOf(sentence: string): number
}

const LINE_END = /[\n\v\f\r\u0085\u2028\u2029]/

/** Groups of as many sentences of a line as have no more tokens than a passage may have. */
export function groupsOf({ sentences, spaces }: SplitText, packing: Packing | null): Group[] {
  const groups: Group[] = []
  let tokens = 0
  sentences.forEach((sentence, i) => {
    const own = packing?.tokensOf(sentence) ?? 0
    const last = groups.at(-1)
    if (packing && last && tokens + own <= packing.most && !LINE_END.test(spaces[i])) {
      last.after = i + 1
      tokens += own
    } else {
      groups.push({ first: i, after: i + 1 })
      tokens = own
    }
  })
  return groups
}

/** The text with each group as one sentence. */
export function joinedGroups({ sentences, spaces }: SplitText, groups: readonly Group[]): SplitText {
  return {
    sentences: groups.map(({ first, after }) => {
      let text = sentences[first]
      for (let i = first + 1; i < after; i++) text += spaces[i] + sentences[i]
      return text
    }),
    spaces: [...groups.map(({ first }) => spaces[first]), lastOf(spaces)],
  }
}

/** Sentences of a text that are each a group. */
export const groupsAlone = (sentences: readonly unknown[]): Group[] =>
  sentences.map((_, i) => ({ first: i, after: i + 1 }))

/**
 * The mean log-probability of the tokens of a passage may be so much below that of its sentences alone. A model that
 * was trained on texts writes more of what is less likely without the sentence before (“Elle est belle” for “It is
 * beautiful”): with 0 hardly any of that is kept, and with 0.15 all passages, worse ones too. One that was trained on
 * sentences gains nothing by passages that are less likely.
 */
const FALLS: Readonly<Record<TrainedOn, number>> = { texts: 0.05, sentences: 0 }

/** The facts on which the choice between a passage and its sentences depends. */
interface Choice {
  /** The white space between the sentences of the source. */
  between: readonly string[]
  /** The language of the translation, where it is known. */
  locale?: string
  minConfidence: number
  trainedOn: TrainedOn
}

/**
 * The passage with the white space of its source, if it may stand in place of its sentences: it has as many sentences,
 * has been ended, and its tokens are about as probable as those of the sentences by themselves. Otherwise null.
 */
export function chosenPassage(
  passage: TranslatedSentence,
  alone: readonly TranslatedSentence[],
  { between, locale, minConfidence, trainedOn }: Choice,
): TranslatedSentence | null {
  const [best] = passage.translations
  const sentences = alone.map(({ translations }) => translations[0])
  if (best.finishReason !== 'end' && sentences.every(({ finishReason }) => finishReason === 'end')) return null
  if (passage.confidence && passage.confidence.score < minConfidence) return null
  if (splitSentences(best.text, locale).sentences.length !== alone.length) return null
  if (meanOf([best]) < meanOf(sentences) - FALLS[trainedOn]) return null
  return { ...passage, translations: passage.translations.map((each) => respaced(each, between, locale)) }
}

function meanOf(translations: readonly SentenceTranslation[]): number {
  const scores = translations.flatMap((each) => each.scores)
  return scores.length ? scores.reduce((a, b) => a + b, 0) / scores.length : 0
}

/** The translation with the white space that its source has between sentences; as it is where their numbers differ. */
function respaced(
  translation: SentenceTranslation,
  between: readonly string[],
  locale: string | undefined,
): SentenceTranslation {
  const { sentences, spaces } = splitSentences(translation.text, locale)
  if (sentences.length !== between.length + 1 || translation.spans.length) return translation
  const text = sentences.map((sentence, i) => (i ? between[i - 1] : spaces[0]) + sentence).join('')
  return { ...translation, text }
}

/** A prepared text whose sentences are each translated alone. */
export const alone = ({ sentences, around }: Omit<PreparedText, 'groups'>): PreparedText => ({
  sentences,
  around,
  groups: groupsAlone(sentences),
})
