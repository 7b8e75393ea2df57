import type { GenerationOptions } from '../options.ts'
import type { Choosers } from '../processors/chain.ts'
import type { Found } from '../search/search.ts'
import type { SearchObserver } from '../search/search-observer.ts'
import type { Surface } from '../search/surface.ts'
import type { Term } from '../search/terms.ts'
import type { Turn } from './turn.ts'

/** One sentence to be translated, as ids. */
export interface Sentence {
  /** Source ids, the end included; there is at least one. */
  source: readonly number[]
  options: GenerationOptions
  /** The decoder's first inputs, the start and a prompt behind it. Default: the start alone. */
  begin?: readonly number[]
  /** Functions that choose among next tokens, beside the options. */
  choosers?: Choosers | null
  /** Whether a text that stops the sentence has come with the last of these generated tokens. */
  stops?: ((ids: readonly number[]) => boolean) | null
  /** The texts by which repetitions are judged; default: ids alone. */
  surface?: Surface | null
  /** What the translation must have; it needs `surface`, and several beams. */
  terms?: readonly Term[]
  /** The request that the sentence belongs to: sentences of one request are canceled together. */
  request?: unknown
  /** Among whom the sentence takes turns. Default: its request with all others. */
  turn?: Turn
  /** When its request was accepted, in milliseconds since 1970, where the time to its first token is to be counted. */
  accepted?: number
  /** Receives the best `alternatives` translations, best first. */
  done(found: Found[]): void
  /** Called instead of `done` where one of the functions above throws. Without it the step throws. */
  fail?(error: unknown): void
  /** Receives the tokens on which every hypothesis agrees, each time that there are more such tokens. */
  prefix?(ids: number[]): void
  /** Ids that the target is to have, by the number of tokens before them. */
  forced?: ReadonlyMap<number, number>
  /** Looks on while its translation is searched for. */
  observer?: SearchObserver
}
