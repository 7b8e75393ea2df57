import type { Item } from '../protect/items.ts'
import { countPlaceholders, placeholder } from '../text/placeholders.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

/** Names that are short, are written alike in many languages, and that a model has read often. */
const NAMES = ['Tom', 'Maria', 'Paris', 'Anna', 'London', 'David', 'Peter', 'Berlin', 'Laura', 'Boston']
const NUMBERS = ['7', '12', '25', '8', '40', '15', '300', '9', '60', '31']

/** What stands for the units of a sentence, one way after the other until a translation keeps all of them. */
export class StandIns {
  /** How many placeholders both vocabularies have. */
  readonly #placeholders: number

  constructor(tokenizer: Tokenizer) {
    this.#placeholders = countPlaceholders(tokenizer)
  }

  *ways(text: string, items: readonly Item[]): Iterable<string[]> {
    const units = items.filter(({ kind }) => kind === 'copy')
    if (units.length <= this.#placeholders) yield units.map((_, i) => placeholder(i + 1))
    const isNumber = ({ start, end }: Item) => NUMBER.test(text.slice(start, end))
    const free = (words: readonly string[]) => {
      const unused = words.filter((word) => !text.includes(word))
      return unused.length ? unused : words
    }
    const [names, numbers] = [free(NAMES), free(NUMBERS)]
    const chosen = (first: readonly string[], others: readonly string[]) => {
      let [a, b] = [0, 0]
      return units.map((unit) => (isNumber(unit) ? others[b++ % others.length] : first[a++ % first.length]))
    }
    yield chosen(names, numbers)
    if (units.length > 1) yield units.map(() => names[0])
    yield chosen(numbers, numbers)
  }
}

/** Numbers, and formats that give one. */
const NUMBER = /^[^\p{L}%]*\d+[^\p{L}%]*$|^%(?:\d+\$)?[-+#0]*[\d.*]*(?:hh|h|ll|l|L|q|j|z|t)?[dioufFeEgG]$/u
