import { digitsOf, pythonPattern, wordsOf } from './basic-normalizer.ts'

// Numbers in words as digits, by the rules of openai/whisper, normalizers/english.py (EnglishNumberNormalizer). Its
// oddities are kept, because scores must be comparable.

const small = [
  ...['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen'],
  ...['fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
]
const large = [
  ...['million', 'billion', 'trillion', 'quadrillion', 'quintillion', 'sextillion', 'septillion', 'octillion'],
  ...['nonillion', 'decillion'],
]

type Numbers = ReadonlyMap<string, bigint>
/** A word that ends a number, as its value and what stands after the digits: second is 2 and nd. */
type Suffixed = ReadonlyMap<string, readonly [value: bigint, suffix: string]>

const zeros = new Set(['o', 'oh', 'zero'])
const ones: Numbers = new Map(small.map((name, i) => [name, BigInt(i + 1)]))
const onesSuffixed: Suffixed = new Map<string, readonly [bigint, string]>([
  ...[...ones].map(([name, value]) => [name === 'six' ? 'sixes' : `${name}s`, [value, 's']] as const),
  ...[...ones]
    .filter(([, value]) => value > 3n && value !== 5n && value !== 12n)
    .map(([name, value]) => [`${name}${name.endsWith('t') ? 'h' : 'th'}`, [value, 'th']] as const),
  ['zeroth', [0n, 'th']],
  ['first', [1n, 'st']],
  ['second', [2n, 'nd']],
  ['third', [3n, 'rd']],
  ['fifth', [5n, 'th']],
  ['twelfth', [12n, 'th']],
])
const tens: Numbers = new Map(
  ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'].map((name, i) => [
    name,
    BigInt(10 * (i + 2)),
  ]),
)
const tensSuffixed: Suffixed = new Map<string, readonly [bigint, string]>(
  [...tens].flatMap(([name, value]) => [
    [name.replace('y', 'ies'), [value, 's']] as const,
    [name.replace('y', 'ieth'), [value, 'th']] as const,
  ]),
)
const multipliers: Numbers = new Map([
  ['hundred', 100n],
  ['thousand', 1000n],
  ...large.map((name, i) => [name, 1000n ** BigInt(i + 2)] as const),
])
const multipliersSuffixed: Suffixed = new Map<string, readonly [bigint, string]>(
  [...multipliers].flatMap(([name, value]) => [
    [`${name}s`, [value, 's']] as const,
    [`${name}th`, [value, 'th']] as const,
  ]),
)
const decimals = new Set([...ones.keys(), ...tens.keys(), ...zeros])
const signsBefore: ReadonlyMap<string, string> = new Map([
  ['minus', '-'],
  ['negative', '-'],
  ['plus', '+'],
  ['positive', '+'],
])
const currencies: ReadonlyMap<string, string> = new Map([
  ...['pound', 'pounds'].map((name) => [name, '£'] as const),
  ...['euro', 'euros'].map((name) => [name, '€'] as const),
  ...['dollar', 'dollars'].map((name) => [name, '$'] as const),
  ...['cent', 'cents'].map((name) => [name, '¢'] as const),
])
const prefixes = new Set([...signsBefore.values(), ...currencies.values()])
const specials = new Set(['and', 'double', 'triple', 'point'])
const numberWords = new Set([
  ...decimals,
  ...[onesSuffixed, tensSuffixed, multipliers, multipliersSuffixed, signsBefore, currencies].flatMap((words) => [
    ...words.keys(),
  ]),
  ...['per', 'percent'],
  ...specials,
])

const NUMBER = /^\p{Nd}+(?:\.\p{Nd}+)?$/u

/** Numbers in words become digits, "$2 and ¢7" becomes $2.07, and a lone 1 becomes one. The text is of small letters. */
export function withDigits(text: string): string {
  return withCents(new NumberReader(wordsOf(withHalves(text))).read().join(' '))
}

/** "<number> and a half" becomes "<number> point five"; a space is put between digits and letters, other than suffixes. */
function withHalves(text: string): string {
  const parts = text.split(HALF)
  const halved = parts.flatMap((part, i) => {
    const words = wordsOf(part)
    if (!words.length) return []
    if (i === parts.length - 1) return [part]
    const last = words[words.length - 1]
    return [part, decimals.has(last) || multipliers.has(last) ? 'point five' : 'and a half']
  })
  const spaced = halved
    .join(' ')
    .replace(/([a-z])([0-9])/g, '$1 $2')
    .replace(/([0-9])([a-z])/g, '$1 $2')
  return spaced.replace(SUFFIX, '$1$2')
}

const HALF = pythonPattern(String.raw`\band\s+a\s+half\b`)
const SUFFIX = pythonPattern(String.raw`([0-9])\s+(st|nd|rd|th|s)\b`)
const TWO_COINS = pythonPattern(String.raw`([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\b`)
const COINS = pythonPattern(String.raw`[€£$]0.([0-9]{1,2})\b`)
const ONE = pythonPattern(String.raw`\b1(s?)\b`)

function withCents(text: string): string {
  return text
    .replace(TWO_COINS, (_, currency, units, cents) => `${currency}${units}.${String(Number(cents)).padStart(2, '0')}`)
    .replace(COINS, (_, cents) => `¢${Number(cents)}`)
    .replace(ONE, 'one$1')
}

/** Reads words from left to right, and holds the number that is being said. */
class NumberReader {
  readonly #words: readonly string[]
  readonly #read: string[] = []
  #prefix = ''
  /** Digits whose places are settled are a string; a bigint may still grow: twenty, which one may follow. */
  #value: string | bigint | null = null

  constructor(words: readonly string[]) {
    this.#words = words
  }

  read(): string[] {
    for (let i = 0; i < this.#words.length; i++) {
      const isPair = this.#take(this.#words[i], this.#words[i - 1] ?? '', this.#words[i + 1] ?? '')
      if (isPair) i++
    }
    this.#endNumber()
    return this.#read
  }

  /** Takes a word between its neighbours, '' where there is none. Returns whether the next one has been taken with it. */
  #take(word: string, previous: string, next: string): boolean {
    const one = ones.get(word) ?? onesSuffixed.get(word)
    const ten = tens.get(word) ?? tensSuffixed.get(word)
    const multiplier = multipliers.get(word) ?? multipliersSuffixed.get(word)
    const currency = currencies.get(word)
    const isAhead = numberWords.has(next) || NUMBER.test(next)
    if (NUMBER.test(prefixes.has(word[0]) ? word.slice(1) : word)) this.#digits(word)
    else if (!numberWords.has(word)) this.#plain(word)
    else if (zeros.has(word)) this.#value = `${this.#value || ''}0`
    else if (one !== undefined) this.#grow(one, (value) => withOne(this.#value, value, previous))
    else if (ten !== undefined) this.#grow(ten, (value) => joined(this.#value, value, 100n))
    else if (typeof multiplier === 'bigint') this.#multiply(multiplier)
    else if (multiplier) this.#multiply(...multiplier)
    else if (signsBefore.has(word)) {
      this.#endNumber()
      if (isAhead) this.#prefix = signsBefore.get(word) ?? ''
      else this.#write(word)
    } else if (currency !== undefined) {
      if (this.#value === null) this.#write(word)
      else {
        this.#prefix = currency
        this.#endNumber()
      }
    } else if (word === 'percent' || word === 'per') return this.#percent(word, next)
    else return this.#special(word, previous, next)
    return false
  }

  /** Arabic numbers, perhaps with a sign. */
  #digits(word: string): void {
    const sign = prefixes.has(word[0]) ? word[0] : ''
    const unsigned = word.slice(sign.length)
    if (typeof this.#value === 'string' && this.#value.endsWith('.')) {
      this.#value += word
      return
    }
    this.#endNumber()
    if (sign) this.#prefix = sign
    this.#value = wholeNumber(unsigned, 1n) ?? unsigned
  }

  #plain(word: string): void {
    this.#endNumber()
    this.#write(word)
  }

  /** A word that adds to the number; one with a suffix ends it. */
  #grow(word: bigint | readonly [bigint, string], grown: (value: bigint) => string | bigint): void {
    if (typeof word === 'bigint') this.#value = grown(word)
    else this.#write(`${grown(word[0])}${word[1]}`)
  }

  #multiply(multiplier: bigint, suffix?: string): void {
    const value = this.#value
    const isText = typeof value === 'string' || (value === 0n && suffix === undefined)
    if (value === null) this.#value = multiplier
    else if (isText) {
      const product = wholeNumber(`${value}`, multiplier)
      if (product === null) this.#write(`${value}`)
      this.#value = product ?? multiplier
    } else this.#value = (value / 1000n) * 1000n + (value % 1000n) * multiplier
    if (suffix !== undefined) this.#write(`${this.#value}${suffix}`)
  }

  #percent(word: string, next: string): boolean {
    const isSign = this.#value !== null && (word === 'percent' || next === 'cent')
    if (isSign) this.#write(`${this.#value}%`)
    else this.#plain(word)
    return isSign && word === 'per'
  }

  #special(word: string, previous: string, next: string): boolean {
    if (!numberWords.has(next) && !NUMBER.test(next)) this.#plain(word)
    else if (word === 'and') {
      if (!multipliers.has(previous)) this.#plain(word)
    } else if (word === 'point') {
      // Before a number word that cannot be a decimal, the original drops "point".
      if (decimals.has(next) || NUMBER.test(next)) this.#value = `${this.#value || ''}.`
    } else if (ones.has(next) || zeros.has(next)) {
      this.#value = `${this.#value || ''}${`${ones.get(next) ?? 0}`.repeat(word === 'double' ? 2 : 3)}`
      return true
    } else this.#plain(word)
    return false
  }

  #endNumber(): void {
    if (this.#value !== null) this.#write(`${this.#value}`)
  }

  /** Writes a word or number after the prefix, and begins anew. */
  #write(text: string): void {
    this.#read.push(this.#prefix + text)
    this.#prefix = ''
    this.#value = null
  }
}

/** The number with one to nineteen after it: twenty and one are 21, one and one are 11. */
function withOne(value: string | bigint | null, one: bigint, previous: string): string | bigint {
  if (typeof value === 'string' && tens.has(previous) && one < 10n) return `${value.slice(0, -1)}${one}`
  if (value !== null && ones.has(previous)) return `${value}${one}`
  return joined(value, one, one < 10n ? 10n : 100n)
}

/** The sum where the last digits of `value`, below `room`, are zeros; the digits one after the other otherwise. */
const joined = (value: string | bigint | null, more: bigint, room: bigint): string | bigint =>
  value === null ? more : typeof value === 'bigint' && value % room === 0n ? value + more : `${value}${more}`

/** A decimal number times `multiplier` where that is a whole number; null where it is not, or `text` is no number. */
function wholeNumber(text: string, multiplier: bigint): bigint | null {
  const [, whole, decimals = ''] = /^(?=\.?\p{Nd})(\p{Nd}*)(?:\.(\p{Nd}*))?$/u.exec(text) ?? []
  if (whole === undefined) return null
  const scale = 10n ** BigInt([...decimals].length)
  const product = BigInt(digitsOf(whole + decimals)) * multiplier
  return product % scale === 0n ? product / scale : null
}
