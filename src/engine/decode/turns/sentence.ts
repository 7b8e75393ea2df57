import type { SourceIds } from '../../../base/choices/position-kinds.ts'
import type { Adapter } from '../../weights/adapter.ts'
import type { TranscriptRanking } from '../hypotheses/hypothesis.ts'
import type { TokenTexts } from '../hypotheses/token-texts.ts'
import type { Times } from '../processors/times.ts'
import type { Choosers } from '../search/processor-chain.ts'
import type { Found } from '../search/search.ts'
import type { SearchObserver } from '../search/search-observer.ts'
import type { Term } from '../search/terms.ts'
import type { GenerationOptions } from '../settings/options.ts'
import type { DraftingModel } from '../step/draft.ts'
import type { Recalled } from '../step/recall.ts'
import type { Turn } from './turn.ts'

/** An encoded source in the generator's memory, until `next` returns. */
export interface EncodedMemory {
  /** The attention of given tokens to the source, and their logits: one pass through the decoder. */
  recall(tokens: readonly number[], layers: readonly number[]): Recalled
}

/** One sentence to be translated, as ids. */
export interface Sentence {
  /** Source ids, the end included; there is at least one. */
  source: SourceIds
  /** For a model that hears: frames [frames, mels] of sound, of which `source` has an id for each state (`statesOf`). */
  sound?: Float32Array
  options: GenerationOptions
  /** The decoder's first inputs: the start and a prompt after it. Default: the start alone. */
  begin?: readonly number[]
  /** The low-rank adapter that is added to the model for this sentence. */
  adapter?: Adapter
  /** Functions that choose among next tokens, in addition to the options. */
  choosers?: Choosers | null
  /** Whether the last of these generated tokens completes a stop string. */
  stops?: ((ids: readonly number[]) => boolean) | null
  /** Drafts the translation, in place of the generator's own assistant. */
  assistant?: DraftingModel
  /** The texts in which repetitions are found. Default: repetitions are found in ids alone. */
  surface?: TokenTexts | null
  /** Terms that the translation must have. They need `surface` and several beams. */
  terms?: readonly Term[]
  /** The form of times in a transcript. */
  times?: Times | null
  /** How transcripts are ranked; the search is then that of openai/whisper. */
  transcript?: TranscriptRanking | null
  /** Reads the logits of all ids [vocabulary] after the token of `begin` at this position, as the model gives them. */
  probe?: { position: number; read(logits: Float32Array): void } | null
  /** Whether every step computes the logits of all ids, because a change of the model reads or writes them. */
  allLogits?: boolean
  /** The request that the sentence belongs to. All sentences of one request are canceled together. */
  request?: unknown
  /** The turn with which the sentence waits. Default: a turn of its request. */
  turn?: Turn
  /** The arrival time of its request, in milliseconds since 1970; set if the time to its first token is measured. */
  acceptedAt?: number
  /** Receives the best `alternatives` translations, best first. */
  done(found: Found[]): void
  /**
   * Receives the translations in place of `done`. A sentence that is returned goes on with the same encoded source, whatever its own source is;
   * null: nothing does.
   */
  next?(found: Found[], encoded: EncodedMemory): Sentence | null
  /** Called instead of `done` if one of the functions above throws. Without it the step throws. */
  fail?(error: unknown): void
  /** Receives the tokens on which all hypotheses agree, each time there are more such tokens. */
  prefix?(ids: number[]): void
  /** Forced ids of the target, by the number of tokens before them. */
  forced?: ReadonlyMap<number, number>
  /** Observer of the search for the translation. */
  observer?: SearchObserver
}
