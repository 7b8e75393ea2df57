import { lazyPattern } from '../../../base/values/lazy-pattern.ts'

/**
 * The normalized case of a sentence in capitals or of a title with capitalized words, for a model trained on plain
 * text.
 */
export interface Casing {
  /**
   * The sentence in the case of plain text. Words with a small letter after their first letter stay, where the sentence
   * is in capitals.
   */
  read(text: string): string
  /** A translation, or a part of one, in the case style of the sentence. */
  write(text: string): string
}

/** The information that case restoration needs about words and languages. */
export interface CaseKnowledge {
  /**
   * The number of pieces in which the model reads a word: a known name has fewer pieces with its capital. Infinity for
   * a word with unknown pieces.
   */
  pieces(word: string): number
  /** The source and target languages, BCP 47 tags; undefined where unknown. */
  source?: string
  target?: string
}

/** Null for a sentence that is neither in capitals nor a title; it is read as it is. */
export function casingOf(sentence: string, knowledge: CaseKnowledge): Casing | null {
  if (isInCapitals(sentence)) return capitals(sentence, knowledge)
  return TITLE().test(sentence) ? title(sentence, knowledge) : null
}

/** A word: letters with combining accents. */
const WORD = lazyPattern(String.raw`\p{L}[\p{L}\p{M}]*`, 'gu')
/** The first word of a sentence. */
const FIRST_WORD = lazyPattern(String.raw`(?<=^[^\p{L}\p{N}]*)\p{L}[\p{L}\p{M}]*`, 'u')
/** Two adjacent capitals, which every text in capitals has. */
const TWO_CAPITALS = lazyPattern(String.raw`\p{Lu}\p{M}*\p{Lu}`, 'u')
/** Units after numbers, and the endings of ordinal numbers, which are small in texts in capitals too: "12 kg", "2e". */
const AFTER_NUMBER = lazyPattern(String.raw`(?<=\p{Nd} ?)\p{L}{1,4}(?![\p{L}\p{M}])`, 'gu')

/**
 * Whether there are capitals, and small letters only after numbers. Letters without case do not count.
 */
function isInCapitals(sentence: string): boolean {
  if (!TWO_CAPITALS().test(sentence)) return false
  return !SMALL().test(SMALL().test(sentence) ? sentence.replace(AFTER_NUMBER(), '') : sentence)
}

/** A small letter that has a capital: not ª, º, or a letter of a script without case. */
const SMALL = lazyPattern(String.raw`(?=\p{Ll})\p{Changes_When_Uppercased}`, 'u')
const CAPITAL = lazyPattern(String.raw`^\p{Lu}`, 'u')
const ALL_CAPITALS = lazyPattern(String.raw`^(?:\p{Lu}\p{M}*){2,}$`, 'u')

function capitals(sentence: string, knowledge: CaseKnowledge): Casing | null {
  // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
  const words = sentence.match(WORD())!
  // A single word that takes no fewer pieces in another case is treated as an acronym.
  if (words.length === 1 && plainForm(words[0], knowledge, true) === words[0]) return null
  return {
    read: (text) => {
      const small = text.replace(WORD(), (word) => (SMALL().test(word) ? word : plainForm(word, knowledge)))
      return small.replace(FIRST_WORD(), (first) => capitalized(first, knowledge.source))
    },
    write: (text) => text.toLocaleUpperCase(knowledge.target ?? 'en'),
  }
}

/**
 * A word in capitals in the case of plain text, by the model's vocabulary: the form with the fewest pieces among small
 * letters ("tout"), capitalized ("Tom"; in German "Haus") and unchanged ("TV"); among equals the first, or the last
 * with `preferred`.
 */
function plainForm(word: string, { pieces, source = 'en' }: CaseKnowledge, isPreferred = false): string {
  const small = word.toLocaleLowerCase(source)
  if (isI(word, source)) return word
  const forms = [small, capitalized(small, source), word]
  if (isPreferred) forms.reverse()
  let best = forms[0]
  let fewest = Infinity
  for (const form of forms) {
    const count = pieces(form)
    if (count < fewest) [best, fewest] = [form, count]
  }
  return best
}

function capitalized(word: string, language: string | undefined): string {
  const [first = ''] = word
  return first.toLocaleUpperCase(language) + word.slice(first.length)
}

/**
 * Three or more capitalized words, among them words of at most three letters that are not capitalized, without a full
 * stop at the end.
 */
const TITLE = lazyPattern(
  String.raw`^[^\p{L}\p{M}]*\p{Lu}[\p{L}\p{M}]*(?:[^\p{L}\p{M}]+(?:\p{Lu}[\p{L}\p{M}]*|\p{Ll}{1,3}(?![\p{L}\p{M}]))){2,}[^\p{L}\p{M}.…]*$`,
  'u',
)
/** Words that precede a name and are capitalized in plain text: they do not indicate a title. */
const BEFORE_NAMES = new Set(
  (
    'monsieur madame mademoiselle messieurs mesdames docteur maître professeur ' +
    'mister miss doctor professor herr frau señor señora signor signora senhor senhora'
  ).split(' '),
)
/**
 * The number of plain words of the model in a title after its first word; a word with fewer pieces in small letters
 * counts half.
 */
const EVIDENCE = 1.5
/** Words that titles do not capitalize; nor do they capitalize words of two letters. */
const SMALL_WORDS = new Set(
  'the and but for nor les des aux der die das den dem und los las del con per che gli'.split(' '),
)

function title(sentence: string, knowledge: CaseKnowledge): Casing | null {
  // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
  const words = sentence.match(WORD())!.slice(1)
  const capitals = words.filter((word) => CAPITAL().test(word) && !ALL_CAPITALS().test(word))
  const plain = capitals.filter((word) => isPlain(word, knowledge)).length
  const shorter = capitals.filter((word) => gain(word, knowledge) > 0 && !isPlain(word, knowledge)).length
  if (plain < 1 || plain + shorter / 2 < EVIDENCE || 2 * (plain + shorter) < capitals.length) return null
  const small = new Set(
    capitals.filter((word) => isSingle(word, knowledge) || gain(word, knowledge) > 0 || isPlain(word, knowledge)),
  )
  const hasSmall = capitals.length < words.length
  return {
    read: (text) =>
      exceptFirst(text, WORD(), (word) => (small.has(word) ? word.toLocaleLowerCase(knowledge.source) : word)),
    write: (text) =>
      exceptFirst(capitalized(text, knowledge.target), WRITTEN_WORD(), (word) =>
        hasSmall && (word.length < 3 || SMALL_WORDS.has(word)) ? word : capitalized(word, knowledge.target),
      ),
  }
}

/** Whether the model has the word in small letters as one piece, and the word does not precede a name. */
function isPlain(word: string, { pieces, source }: CaseKnowledge): boolean {
  const small = word.toLocaleLowerCase(source)
  return small.length > 1 && !BEFORE_NAMES.has(small) && pieces(small) === 1
}

/** A single letter that is a word: À, Y. */
const isSingle = (word: string, { source }: CaseKnowledge) => word.length === 1 && !isI(word, source)

/** The English pronoun I, which is always a capital. */
const isI = (word: string, language = 'en') => word === 'I' && /^en\b/.test(language)

/** The number of pieces that a capitalized word saves in small letters. */
function gain(word: string, { pieces, source }: CaseKnowledge): number {
  return word.length > 1 ? pieces(word) - pieces(word.toLocaleLowerCase(source)) : 0
}

/** A text with `form` applied to all words except the first. */
function exceptFirst(text: string, words: RegExp, form: (word: string) => string): string {
  let isFirst = true
  return text.replace(words, (word) => {
    const formed = isFirst ? word : form(word)
    isFirst = false
    return formed
  })
}

/** A word of a translation, with the part joined to it by an apostrophe: "don't". */
const WRITTEN_WORD = lazyPattern(String.raw`\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*`, 'gu')
