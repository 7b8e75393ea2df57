import { pythonPattern, withoutDiacritics, withoutRemarks, withSingleSpaces, wordsOf } from './basic-normalizer.ts'
import { britishSpellings } from './british-spellings.ts'
import { withDigits } from './english-numbers.ts'

// The normalizer for English of openai/whisper, normalizers/english.py (MIT).

/** Contractions and titles, in the order in which they are replaced; \b is Python's. */
const contractions: readonly (readonly [pattern: RegExp, replacement: string])[] = Object.entries({
  "\\bwon't\\b": 'will not',
  "\\bcan't\\b": 'can not',
  "\\blet's\\b": 'let us',
  "\\bain't\\b": 'aint',
  "\\by'all\\b": 'you all',
  '\\bwanna\\b': 'want to',
  '\\bkinda\\b': 'kind of',
  '\\bsorta\\b': 'sort of',
  '\\bdunno\\b': 'do not know',
  '\\bgotta\\b': 'got to',
  '\\bgonna\\b': 'going to',
  "\\bi'ma\\b": 'i am going to',
  '\\bimma\\b': 'i am going to',
  '\\bwoulda\\b': 'would have',
  '\\bcoulda\\b': 'could have',
  '\\bshoulda\\b': 'should have',
  '\\bcause\\b': 'because',
  "\\bma'am\\b": 'madam',
  '\\bmr\\b': 'mister ',
  '\\bmrs\\b': 'missus ',
  '\\bst\\b': 'saint ',
  '\\bdr\\b': 'doctor ',
  '\\bprof\\b': 'professor ',
  '\\bcapt\\b': 'captain ',
  '\\bgov\\b': 'governor ',
  '\\bald\\b': 'alderman ',
  '\\bgen\\b': 'general ',
  '\\bsen\\b': 'senator ',
  '\\brep\\b': 'representative ',
  '\\bpres\\b': 'president ',
  '\\brev\\b': 'reverend ',
  '\\bhon\\b': 'honorable ',
  '\\basst\\b': 'assistant ',
  '\\bassoc\\b': 'associate ',
  '\\blt\\b': 'lieutenant ',
  '\\bcol\\b': 'colonel ',
  '\\bjr\\b': 'junior ',
  '\\bsr\\b': 'senior ',
  '\\besq\\b': 'esquire ',
  "'d been\\b": ' had been',
  "'s been\\b": ' has been',
  "'d gone\\b": ' had gone',
  "'s gone\\b": ' has gone',
  "'d done\\b": ' had done',
  "'s got\\b": ' has got',
  "n't\\b": ' not',
  "'re\\b": ' are',
  "'s\\b": ' is',
  "'d\\b": ' would',
  "'ll\\b": ' will',
  "'t\\b": ' not',
  "'ve\\b": ' have',
  "'m\\b": ' am',
}).map(([pattern, replacement]) => [pythonPattern(pattern), replacement])

const HESITATION = pythonPattern(String.raw`\b(hmm|mm|mhm|mmm|uh|um)\b`)
const SPACE_BEFORE_APOSTROPHE = pythonPattern(String.raw`\s+'`)
const COMMA_IN_NUMBER = pythonPattern(String.raw`(\d),(\d)`)

/**
 * A text as Whisper's normalizer for English has it: small letters without punctuation and hesitations, contractions in
 * full, numbers in digits ("ten thousand dollars" is $10000), American spelling.
 */
export function englishText(text: string): string {
  const said = withoutRemarks(text).replace(HESITATION, '').replace(SPACE_BEFORE_APOSTROPHE, "'")
  const full = contractions.reduce((so, [pattern, replacement]) => so.replace(pattern, replacement), said)
  const plain = full.replace(COMMA_IN_NUMBER, '$1$2').replace(/\.([^0-9]|$)/gu, ' $1')
  const numbers = withDigits(withoutDiacritics(plain, '.%$¢€£'))
  const american = wordsOf(numbers)
    .map((word) => britishSpellings().get(word) ?? word)
    .join(' ')
  return withSingleSpaces(american.replace(/[.$¢€£]([^0-9])/gu, ' $1').replace(/([^0-9])%/gu, '$1 '))
}
