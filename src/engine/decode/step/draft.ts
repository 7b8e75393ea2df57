import type { EncodedSource } from '../batch/ragged-batch.ts'
import type { Hypothesis } from '../hypotheses/hypothesis.ts'

/**
 * Guesses how the translation of one sentence goes on. The next step verifies the guess, so that a wrong one costs time and changes nothing
 * (Stern et al. 2018, “Blockwise parallel decoding”; Leviathan et al. 2023, “Fast inference from Transformers via speculative decoding”).
 */
export interface Draft {
  /** At most `most` ids that may follow the hypothesis, which goes on from the hypothesis of the call before. */
  propose(hypothesis: Hypothesis, most: number): readonly number[]
  /** To be called when the sentence leaves the batch. */
  release?(): void
}

/** A model that drafts what another one writes. */
export interface DraftingModel {
  /**
   * Begins to draft what follows a source. Drafts end with one of `ends`, and before a token that the model gives less than `confidence`.
   */
  begin(source: EncodedSource, how: { confidence: number; ends: readonly number[] }): Draft
}

/** Where drafts come from. */
export type DraftKind = 'given' | 'lookup' | 'assistant'
