import type { Pair } from '../pairs/corpus.ts'
import type { Random } from '../state/random.ts'
import type { Case } from './case.ts'
import type { CopiedToken } from './copied-tokens.ts'

// Insertion of tokens to be copied into a pair, at the same place on both sides.

/** A mark at the end of a sentence, and the space that some languages write before it. */
const ENDING = /[ \u00a0\u202f]?[.!?…。！？]+$/u

const both = ({ source, target }: Pair, change: (text: string) => string): Pair => ({
  source: change(source),
  target: change(target),
})

const beforeEnding = (text: string, added: string) => {
  const at = ENDING.exec(text)?.index ?? text.length
  return text.slice(0, at) + added + text.slice(at)
}

/** The text of an added token on each side. */
export interface Addition {
  kind: CopiedToken['kind']
  copied: readonly string[]
}

/** A pair with a token added at the beginning or the end of both sides. */
export function added(pair: Pair, { kind, copied }: Addition, inCase: Case, random: Random): Pair {
  if (kind === 'tag') return inTags(pair, copied, random)
  const [token] = copied
  const isCalled = kind === 'name' || kind === 'placeholder'
  switch (random.below(isCalled ? 8 : 5)) {
    case 0:
      return both(pair, (text) => `${token} ${text}`)
    case 1:
      return both(pair, (text) => beforeEnding(text, ` ${token}`))
    case 2:
      return both(pair, (text) => beforeEnding(text, ` (${token})`))
    case 3:
      return both(pair, (text) => `${text} ${token}`)
    case 4:
      return both(pair, (text) => `${token} - ${text}`)
    case 5:
      return both(inCase.within(pair), (text) => `${token}, ${text}`)
    default:
      return both(pair, (text) => beforeEnding(text, `, ${token}`))
  }
}

/** A pair in tags, which enclose or exclude the marks at its ends. */
function inTags(pair: Pair, [open, close]: readonly string[], random: Random): Pair {
  if (random.below(2)) return both(pair, (text) => open + text + close)
  return both(pair, (text) => open + beforeEnding(text, close))
}
