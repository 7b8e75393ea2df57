import type { AttentionWeights } from '../../engine/decode/forced.ts'
import type { FinishReason } from '../../engine/decode/search/index.ts'
import type { MarkedText, PlacedSpan } from '../../language/protect/span.ts'
import type { CopiedToken } from './sentences/copied-token.ts'
import type { GlossaryTerm } from './sentences/glossary.ts'

/**
 * A text; a text with what must not change in it; or the ids of a text (for models without a tokenizer, or when you tokenize yourself; the end
 * id, and the one that sources begin with, if any, may be left out).
 */
export type Source = string | MarkedText | readonly number[]

/** One way to translate a source. */
export interface Alternative {
  /** Empty for models without a tokenizer. */
  text: string
  /** Sum of the tokens' log-probabilities over the length penalty; for a text of several sentences the sum of theirs. */
  score: number
  /** Target ids, each sentence's end included. In the place of a protected unit they have those of its stand-in. */
  ids: number[]
  /** The log-probability of each id. */
  tokenScores: number[]
  /**
   * 'end' where the model ended the translation, with several sentences each of them. 'length' where the translation was cut at `maxTokens`
   * or at the longest target that the model can write. 'loop' where it, or one of several sentences, was cut before it repeated itself.
   */
  finishReason: FinishReason
  /** Where the text has what is protected, in the order of the source; only where the source has something that is. */
  spans?: PlacedSpan[]
  /** The unknown ids in whose place the text has a token of the source; only of one sentence, and with the option `replaceUnknown`. */
  copied?: readonly CopiedToken[]
}

/** The best translation, and what else the options asked for. */
export interface Translation extends Alternative {
  /** The best `alternatives` translations, of which this one is the first; only where more than one was asked for. */
  alternatives?: Alternative[]
  /** What became of each term of the source, in order; only where the option `glossary` was given. */
  glossary?: GlossaryTerm[]
  /** The attention of each target token over the source, sentence by sentence; only where the option `attention` asks for it. */
  attention?: SentenceAttention[]
  /** Which words of the source each target token is made of, sentence by sentence; only where the option `alignment` asks for it. */
  alignment?: SentenceAlignment[]
}

/** The words of the best translation of one sentence, by the head that was trained to align them. */
export interface SentenceAlignment {
  /** Pieces of the source and of the target, their ends included. */
  source: string[]
  target: string[]
  /** The probability that a target token is made of a source token, [target, source] row by row; each row adds up to 1. */
  weights: Float32Array
}

/** Encoder-decoder attention of the best translation of one sentence. */
export interface SentenceAttention {
  /** Pieces of the source and of the target, their ends included (ids as text where there is no tokenizer). */
  source: string[]
  target: string[]
  /** Weights of each decoder layer: [heads, target, source]. */
  layers: AttentionWeights[]
}

/** The score that the model gives a translation. */
export interface Score {
  /** Sum of the log-probabilities of the target's tokens, the end included. */
  score: number
  /** The target's ids, the end included. */
  ids: number[]
  /** The log-probability of each id. */
  tokenScores: number[]
}

/** A piece of a text that becomes known bit by bit: the pieces joined are the translation's text. */
export interface Piece {
  text: string
}

/** What `generate` finds for one source: one of its best hypotheses, or one of its samples. */
export interface Generated {
  /** The generated ids, the end included; the start and a prompt are left out. */
  ids: number[]
  /** What the decoder has read and said: the start, the prompt, and `ids`, as generate() of transformers returns it. */
  sequence: number[]
  /** Sum of the processed log-probabilities over the length penalty. */
  score: number
  /** The processed log-probability of each id. */
  tokenScores: number[]
  finishReason: FinishReason
}

/** What the encoder makes of one source. */
export interface Encoded {
  /** The ids that the encoder has read, the end included. */
  ids: number[]
  /** The states of its last layer, [ids.length, dModel], row by row. */
  states: Float32Array
  /** Their mean, [dModel]. */
  mean: Float32Array
}
