import type { FinishReason } from '../../../engine/decode/search/index.ts'
import type { AttentionWeights } from '../../../engine/decode/teacher-forced.ts'
import type { MemoryMatch } from '../../../language/memory/index.ts'
import type { MarkedText, PlacedSpan } from '../../../language/protect/span.ts'
import type { Confidence } from './confidence.ts'

/**
 * A text; a text with protected spans; or the ids of a text (for models without a tokenizer, or when you tokenize
 * yourself; the end id and a begin id may be left out).
 */
export type Source = string | MarkedText | readonly number[]

/** One translation of a source. */
export interface Alternative {
  /** Empty for models without a tokenizer. */
  text: string
  /**
   * Sum of the tokens' log-probabilities divided by the length penalty; for a text of several sentences, the sum of
   * their scores.
   */
  score: number
  /** Target ids, each sentence's end included. A protected unit has the ids of its stand-in. */
  ids: number[]
  /** The log-probability of each id. */
  tokenScores: number[]
  /**
   * 'end' if the model ended the translation (with several sentences, each of them). 'length' if the translation was
   * cut at `maxTokens` or at the longest target that the model can generate. 'loop' if it, or one of several sentences,
   * was cut before it repeated itself.
   */
  finishReason: FinishReason
  /** Places of the protected parts in the text, in the order of the source; only if the source has protected parts. */
  spans?: PlacedSpan[]
  /**
   * The unknown ids that were replaced by a token of the source; only for one sentence, and with the option
   * `replaceUnknown`.
   */
  copied?: readonly CopiedToken[]
}

/** The best translation, and other results that options ask for. */
export interface Translation extends Alternative {
  /** The best `alternatives` translations, the first of which is this one; only if more than one was asked for. */
  alternatives?: Alternative[]
  /** The outcome of each glossary term of the source, in order; only with the option `glossary`. */
  glossary?: GlossaryTerm[]
  /**
   * Only with the option `memory`: the units that the translation was taken from, with a score of 1, or else the units
   * that are like the text, best first.
   */
  memory?: MemoryMatch[]
  /** How probably the words are right; only with the option `confidence` or `minConfidence`. */
  confidence?: Confidence
  /** The sentences that stay untranslated, by their places in the text; only with `minConfidence`, where there are some. */
  untranslated?: { start: number; end: number }[]
  /** The attention of each target token over the source, sentence by sentence; only with the option `attention`. */
  attention?: SentenceAttention[]
  /** The source tokens that each target token is aligned to, sentence by sentence; only with the option `alignment`. */
  alignment?: SentenceAlignment[]
}

/**
 * The reason why a translation lacks a term. 'vocabulary': the model's pieces cannot spell it. 'length': it does not
 * fit into `maxTokens`, or into the longest target of the model. 'search': the search has not found a translation with
 * it, because other options forbid its pieces or stop the search before.
 */
export type GlossaryReason = 'vocabulary' | 'length' | 'search'

/** The outcome of a source term. */
export interface GlossaryTerm {
  /** The entry of the glossary. */
  source: string
  /** Its target: the form that the translation has; if it has none, the entry's text. */
  target: string
  /** The place of the term in the source, in UTF-16 units. */
  start: number
  end: number
  /** Whether the translation has the term's target as whole words. */
  found: boolean
  /** The reason why it has not. */
  reason?: GlossaryReason
}

/** Word alignment of the best translation of one sentence, by the head that was trained to align. */
export interface SentenceAlignment {
  /** Pieces of the source and of the target, their ends included. */
  source: string[]
  target: string[]
  /**
   * The probability that a target token is aligned to a source token, [target, source] row by row; each row sums to 1.
   */
  weights: Float32Array
}

/** Encoder-decoder attention of the best translation of one sentence. */
export interface SentenceAttention {
  /** Pieces of the source and of the target, their ends included (ids as text if there is no tokenizer). */
  source: string[]
  target: string[]
  /** Weights of each decoder layer: [heads, target, source]. */
  layers: AttentionWeights[]
}

/** The model's score of a given translation. */
export interface Score {
  /** Sum of the log-probabilities of the target's tokens, the end included. */
  score: number
  /** The target's ids, the end included. */
  ids: number[]
  /** The log-probability of each id. */
  tokenScores: number[]
}

/** A piece of a growing text: the joined pieces are the translation's text. */
export interface Piece {
  text: string
}

/** One result of `generate` for a source: one of its best hypotheses, or one of its samples. */
export interface Generated {
  /** The generated ids, the end included; the start and a prompt are left out. */
  ids: number[]
  /** All ids of the decoder: the start, the prompt, and `ids`, as generate() of transformers returns them. */
  sequence: number[]
  /** Sum of the processed log-probabilities divided by the length penalty. */
  score: number
  /** The processed log-probability of each id. */
  tokenScores: number[]
  finishReason: FinishReason
}

/** The encoder's output for one source. */
export interface Encoded {
  /** The ids that the encoder has read, the end included. */
  ids: number[]
  /** The states of its last layer, [ids.length, dModel], row by row. */
  states: Float32Array
  /** The mean of the states, [dModel]. */
  mean: Float32Array
}

/** A replaced unknown token: its index among the ids, and that of the source token. */
export interface CopiedToken {
  target: number
  source: number
}
