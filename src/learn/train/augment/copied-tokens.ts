import type { Random } from '../state/random.ts'
import type { Names } from './names.ts'

/** A token that a translation copies unchanged. */
export interface CopiedToken {
  kind: 'placeholder' | 'tag' | 'number' | 'name' | 'code' | 'address' | 'symbol'
  /**
   * The text of the token; for tags, the opening and the closing one. Placeholders are numbered once all tokens are
   * placed.
   */
  texts: readonly string[]
}

/** The text of a placeholder that has no number yet. */
export const UNNUMBERED = ''

/** Abilities of a model's vocabulary. */
export interface Expressible {
  /** The number of its pieces ⟦1⟧, ⟦2⟧ … */
  placeholders: number
  /** Whether it can write every character, by bytes if there is no piece. */
  everyCharacter: boolean
}

const pick = <T>(list: readonly T[], random: Random): T => list[random.below(list.length)]

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const several = (characters: string, least: number, most: number, random: Random) =>
  Array.from({ length: least + random.below(most - least + 1) }, () => pick([...characters], random)).join('')

/** A number above 1, of 1 to 7 digits, each length as likely as any other. */
export function randomNumber(random: Random): string {
  const length = 1 + random.below(7)
  const first = length === 1 ? 2 + random.below(8) : 1 + random.below(9)
  return first + several(DIGITS, length - 1, length - 1, random)
}

/** Scripts by their first and last letters. */
const scripts = [
  ['α', 'ω'],
  ['а', 'я'],
  ['א', 'ת'],
  ['ب', 'غ'],
  ['क', 'ह'],
  ['ก', 'ฮ'],
  ['ぁ', 'ん'],
  ['가', '힣'],
  ['一', '龥'],
] as const
/** Emoji from early versions of Unicode. */
const emoji = [
  ['😀', '🙄'],
  ['🐀', '🐾'],
  ['🌰', '🍿'],
  ['🎀', '🎓'],
  ['🚀', '🚥'],
  ['💐', '📽'],
] as const

function within([first, last]: readonly [string, string], random: Random): string {
  // biome-ignore lint/style/noNonNullAssertion: the place is within the text
  const begin = first.codePointAt(0)!
  // biome-ignore lint/style/noNonNullAssertion: the place is within the text
  return String.fromCodePoint(begin + random.below(last.codePointAt(0)! - begin + 1))
}

const tags = ['b', 'i', 'em', 'strong', 'u', 'code', 'span', 'a', 'p', 'li', 'h1', 'td']
const ends = ['com', 'org', 'net', 'fr', 'de', 'co.uk', 'io', 'eu']
const formats = ['%s', '%d', '%1$s', '%2$d', '%.2f', '&nbsp;', '&amp;', '&lt;', '<br>', '<br/>', '\\n']

/** Draws tokens that are to be copied. */
export class CopiedTokens {
  readonly #names: Names
  readonly #kinds: readonly CopiedToken['kind'][]
  readonly #hasPlaceholders: boolean

  constructor(names: Names, { placeholders, everyCharacter }: Expressible) {
    this.#names = names
    this.#hasPlaceholders = placeholders > 0
    const shares: Record<CopiedToken['kind'], number> = {
      placeholder: this.#hasPlaceholders ? 12 : 3,
      tag: this.#hasPlaceholders ? 2 : 3,
      number: 5,
      name: 3,
      code: 3,
      address: 2,
      symbol: everyCharacter ? 3 : 0,
    }
    this.#kinds = Object.entries(shares).flatMap(([kind, share]) => Array(share).fill(kind))
  }

  draw(random: Random): CopiedToken {
    const kind = pick(this.#kinds, random)
    if (kind === 'tag') return { kind, texts: this.#tag(random) }
    return { kind, texts: [this.#text(kind, random)] }
  }

  #text(kind: Exclude<CopiedToken['kind'], 'tag'>, random: Random): string {
    if (kind === 'placeholder') return this.#hasPlaceholders ? UNNUMBERED : this.#placeholder(random)
    if (kind === 'number') return randomNumber(random)
    if (kind === 'name') return this.#names.any(random) || randomNumber(random)
    if (kind === 'code') return code(random)
    return kind === 'address' ? this.#address(random) : symbol(random)
  }

  #placeholder(random: Random): string {
    const word = this.#names.word(random)
    const other = this.#names.word(random)
    const all = [
      `{${word}}`,
      `{${random.below(4)}}`,
      `{{${word}}}`,
      `\${${word}.${other}}`,
      `{{ ${word} }}`,
      `%(${word})s`,
    ]
    return pick([...all, pick(formats, random)], random)
  }

  #tag(random: Random): readonly string[] {
    if (this.#hasPlaceholders) return [UNNUMBERED, UNNUMBERED]
    const name = pick(tags, random)
    const path = `href="/${this.#names.word(random)}"`
    return [name === 'a' ? `<a ${path}>` : `<${name}>`, `</${name}>`]
  }

  #address(random: Random): string {
    const word = () => this.#names.word(random)
    const host = `${word()}.${pick(ends, random)}`
    const kind = random.below(6)
    if (kind < 2) return `${word()}@${host}`
    if (kind === 2) return `www.${host}`
    if (kind === 3) return `https://${host}`
    return `https://${host}/${word()}${kind === 4 ? '' : `/${word()}-${several(DIGITS, 1, 4, random)}.html`}`
  }
}

function code(random: Random): string {
  const digits = several(DIGITS, 1, 5, random)
  const letters = several(LETTERS, 1, 3, random)
  const two = (most: number) => String(1 + random.below(most)).padStart(2, '0')
  return pick(
    [
      `${letters}-${digits}`,
      `${letters}${digits}`,
      `${digits}${letters}`,
      `${random.below(10)}.${random.below(20)}.${random.below(20)}`,
      `${1950 + random.below(100)}-${two(12)}-${two(28)}`,
      `#${digits}`,
    ],
    random,
  )
}

function symbol(random: Random): string {
  if (random.below(2))
    return Array.from({ length: 1 + random.below(2) }, () => within(pick(emoji, random), random)).join('')
  const script = pick(scripts, random)
  return Array.from({ length: 2 + random.below(4) }, () => within(script, random)).join('')
}
