import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { Item } from '../../../language/protect/items.ts'
import { countPlaceholders, placeholder } from '../../../language/text/tokenizer/placeholders.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'

/** Short names that many languages write alike and that a model has often read. */
const NAMES = ['Tom', 'Maria', 'Paris', 'Anna', 'London', 'David', 'Peter', 'Berlin', 'Laura', 'Boston']
/** Numbers that no language writes out. */
const NUMBERS = ['47', '300', '64', '500', '38', '120', '53', '200', '85', '31']

/** Stand-ins of the units of a sentence, in order. */
export interface Way {
  standIns: string[]
  /** Whether the attempts end here, if one so far has kept all stand-ins. */
  isEnough: boolean
}

/** Sets of stand-ins for the units of a sentence, to be tried one after the other. */
export class StandIns {
  /** The number of placeholders that both vocabularies have. */
  readonly #placeholders: number

  constructor(tokenizer: Tokenizer) {
    this.#placeholders = countPlaceholders(tokenizer)
  }

  /**
   * Sets to be tried, the likeliest first. A number and a name do not stand in the same places of a sentence, so that
   * both are tried.
   */
  *ways(text: string, items: readonly Item[]): Iterable<Way> {
    const units = items.filter(({ kind }) => kind === 'copy')
    if (units.length <= this.#placeholders && !text.includes('⟦'))
      yield { standIns: units.map((_, i) => placeholder(i + 1)), isEnough: true }
    const [names, numbers] = [unused(NAMES, text), unused(NUMBERS, text)]
    const areNumbers = units.map(({ start, end }) => NUMBER().test(text.slice(start, end)))
    const chosen = (isNumber: boolean, i: number) => at(isNumber ? numbers : names, i)
    const areDigits = units.every(({ start, end }) => !text.slice(start, end).includes('%'))
    yield { standIns: areNumbers.map(chosen), isEnough: areDigits && areNumbers.every(Boolean) }
    const other = !areNumbers.every(Boolean)
    const isAddress = ({ start, end }: Item) => ADDRESS.test(text.slice(start, end))
    yield { standIns: units.map((unit, i) => chosen(other && !isAddress(unit), i)), isEnough: true }
    if (units.length > 1) yield { standIns: units.map(() => names[0]), isEnough: true }
  }
}

const at = (words: readonly string[], i: number) => words[i % words.length]

function unused(words: readonly string[], text: string): readonly string[] {
  const left = words.filter((word) => !text.includes(word))
  return left.length ? left : words
}

/** URLs and e-mail addresses, which stand where names do. */
const ADDRESS = /:\/\/|@[\w-]+\.|^www\./

/** Numbers, and formats that produce one. */
const NUMBER = lazyPattern(
  String.raw`^[^\p{L}%]*\d+[^\p{L}%]*$|^%(?:\d+\$)?[-+#0]*[\d.*]*(?:hh|h|ll|l|L|q|j|z|t)?[dioufFeEgG]$`,
  'u',
)
