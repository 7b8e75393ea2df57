/** How a sentence in capitals, or a title in which words begin with capitals, is read by a model that knows plain text. */
export interface Casing {
  /** The sentence, or one that is like it, as plain text has it. Words with small letters after their first stay, where the sentence is in capitals. */
  read(text: string): string
  /** A translation, or a part of one, with the capitals of the sentence. */
  write(text: string): string
}

/** What tells how words are written, and the languages. */
export interface CaseKnowledge {
  /** In how many pieces the model reads a word: a name that it knows has fewer with its capital. Infinity for a word that it cannot read. */
  pieces(word: string): number
  /** The languages of source and target, BCP 47 tags; undefined where they are not known. */
  source?: string
  target?: string
}

/** Null for a sentence that is neither in capitals nor a title: it is read as it is. */
export function casingOf(sentence: string, knowledge: CaseKnowledge): Casing | null {
  if (isInCapitals(sentence)) return capitals(sentence, knowledge)
  return TITLE.test(sentence) ? title(sentence, knowledge) : null
}

/** A word: letters with their accents. */
const WORD = /\p{L}[\p{L}\p{M}]*/gu
/** The word with which a sentence begins. */
const FIRST_WORD = /(?<=^[^\p{L}\p{N}]*)\p{L}[\p{L}\p{M}]*/u
/** Two capitals one behind the other, as every text in capitals has them. */
const TWO_CAPITALS = /\p{Lu}\p{M}*\p{Lu}/u
/** Units behind numbers, and the endings of ordinal numbers, which are small in capitals too: "12 kg", "2e". */
const BEHIND_NUMBER = /(?<=\p{Nd} ?)\p{L}{1,4}(?![\p{L}\p{M}])/gu

/** Whether there are capitals, and no small letters but in what stands behind a number. Letters that have no case do not count. */
function isInCapitals(sentence: string): boolean {
  if (!TWO_CAPITALS.test(sentence)) return false
  return !SMALL.test(SMALL.test(sentence) ? sentence.replace(BEHIND_NUMBER, '') : sentence)
}

/** A small letter that has a capital: not ª, º, or a letter of a script without case. */
const SMALL = /(?=\p{Ll})\p{Changes_When_Uppercased}/u
const CAPITAL = /^\p{Lu}/u
const ALL_CAPITALS = /^(?:\p{Lu}\p{M}*){2,}$/u

function capitals(sentence: string, knowledge: CaseKnowledge): Casing | null {
  const words = sentence.match(WORD)!
  // A word alone that the model reads in as few pieces as it stands is an acronym, or as good as one.
  if (words.length === 1 && plainForm(words[0], knowledge, true) === words[0]) return null
  return {
    read: (text) => {
      const small = text.replace(WORD, (word) => (SMALL.test(word) ? word : plainForm(word, knowledge)))
      return small.replace(FIRST_WORD, (first) => capitalized(first, knowledge.source))
    },
    write: (text) => text.toLocaleUpperCase(knowledge.target ?? 'en'),
  }
}

/**
 * A word in capitals as plain text has it, as far as the model's vocabulary tells: the form of the fewest pieces, in small letters ("tout"),
 * with a capital ("Tom"; in German "Haus") or as it is ("TV"); of equals the first, or the last with `preferred`.
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

/** Three words and more that begin with capitals, among them words of three letters at most that do not, and no full stop at their end. */
const TITLE =
  /^[^\p{L}\p{M}]*\p{Lu}[\p{L}\p{M}]*(?:[^\p{L}\p{M}]+(?:\p{Lu}[\p{L}\p{M}]*|\p{Ll}{1,3}(?![\p{L}\p{M}]))){2,}[^\p{L}\p{M}.…]*$/u
/** Words behind which a name comes, with capitals in plain text: they do not tell a title. */
const BEFORE_NAMES = new Set(
  (
    'monsieur madame mademoiselle messieurs mesdames docteur maître professeur ' +
    'mister miss doctor professor herr frau señor señora signor signora senhor senhora'
  ).split(' '),
)
/** How many plain words of the model a title must have behind its first; a word that has fewer pieces in small letters is half of one. */
const EVIDENCE = 1.5
/** Words that have no capital in titles; those of two letters have none either. */
const SMALL_WORDS = new Set(
  'the and but for nor les des aux der die das den dem und los las del con per che gli'.split(' '),
)

function title(sentence: string, knowledge: CaseKnowledge): Casing | null {
  const words = sentence.match(WORD)!.slice(1)
  const capitals = words.filter((word) => CAPITAL.test(word) && !ALL_CAPITALS.test(word))
  const plain = capitals.filter((word) => isPlain(word, knowledge)).length
  const shorter = capitals.filter((word) => gain(word, knowledge) > 0 && !isPlain(word, knowledge)).length
  if (plain < 1 || plain + shorter / 2 < EVIDENCE || 2 * (plain + shorter) < capitals.length) return null
  const small = new Set(
    capitals.filter((word) => isSingle(word, knowledge) || gain(word, knowledge) > 0 || isPlain(word, knowledge)),
  )
  const hasSmall = capitals.length < words.length
  return {
    read: (text) =>
      exceptFirst(text, WORD, (word) => (small.has(word) ? word.toLocaleLowerCase(knowledge.source) : word)),
    write: (text) =>
      exceptFirst(capitalized(text, knowledge.target), WRITTEN_WORD, (word) =>
        hasSmall && (word.length < 3 || SMALL_WORDS.has(word)) ? word : capitalized(word, knowledge.target),
      ),
  }
}

/** Whether the model has a word in small letters as one piece, and no name comes behind the word. */
function isPlain(word: string, { pieces, source }: CaseKnowledge): boolean {
  const small = word.toLocaleLowerCase(source)
  return small.length > 1 && !BEFORE_NAMES.has(small) && pieces(small) === 1
}

/** A letter that is a word: À, Y. */
const isSingle = (word: string, { source }: CaseKnowledge) => word.length === 1 && !isI(word, source)

/** The English word for oneself, which has a capital everywhere. */
const isI = (word: string, language = 'en') => word === 'I' && /^en\b/.test(language)

/** How many pieces less a word that begins with a capital has in small letters. */
function gain(word: string, { pieces, source }: CaseKnowledge): number {
  return word.length > 1 ? pieces(word) - pieces(word.toLocaleLowerCase(source)) : 0
}

/** A text with its words, but not the first one, as `form` gives them. */
function exceptFirst(text: string, words: RegExp, form: (word: string) => string): string {
  let isFirst = true
  return text.replace(words, (word) => {
    const formed = isFirst ? word : form(word)
    isFirst = false
    return formed
  })
}

/** A word of a translation, with what an apostrophe joins to it: "don't". */
const WRITTEN_WORD = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*/gu
