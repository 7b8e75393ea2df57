import { type ErrorCode, errorCodes, GlassformerError } from '../../../base/errors.ts'
import { groupOf } from '../../../base/schema/groups.ts'
import { inMemory } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { finiteNumber, listOf, oneOf, type Type, text } from '../../../base/schema/types.ts'
import type { FinishReason } from '../../../engine/decode/search/index.ts'
import { isFailure, type Outcome } from '../../../use/translate/calls/index.ts'

/** The translation of one text of a job. */
export interface QueuedTranslation {
  /** Empty where there is an `error`. */
  text: string
  /** As in `translate`; null where there is an `error`. */
  score: number | null
  /** As in `translate`. */
  finishReason?: FinishReason
  /** The best translations, where `alternatives` asked for more than one. */
  alternatives?: readonly { text: string; score: number | null }[]
  /**
   * The reason why the model cannot take this text: its code is ERR_INPUT or ERR_INPUT_TOO_LONG. The other texts of the
   * job are translated.
   */
  error?: { code: ErrorCode; message: string }
}

/** The outcome of a text in Redis. */
export function resultOf(outcome: Outcome): QueuedTranslation {
  if (isFailure(outcome)) return { text: '', score: null, error: { code: outcome.code, message: outcome.message } }
  const { text, score, finishReason, alternatives } = outcome
  return {
    text,
    score,
    finishReason,
    ...(alternatives && { alternatives: alternatives.map((each) => ({ text: each.text, score: each.score })) }),
  }
}

const words = settings({
  text: { type: text, says: 'the translation' },
  score: { type: finiteNumber, default: null, says: 'its score' },
})

const translation = groupOf({
  ...words,
  finishReason: { type: oneOf('end', 'length', 'loop'), optional: true, says: 'why it ended' },
  alternatives: {
    type: listOf(groupOf(words), 'a list of translations'),
    optional: true,
    says: 'the best translations',
  },
  error: {
    type: groupOf({
      code: { type: oneOf(...errorCodes), says: 'the code' },
      message: { type: text, says: 'the reason' },
    }) as Type<{ code: ErrorCode; message: string }>,
    optional: true,
    says: 'why there is none',
  },
})

const resultSettings = settings({
  translations: { type: listOf(translation, 'a list of translations'), says: 'one for each text' },
  digest: { type: text, default: '', says: 'the digest of the model that has translated' },
})

/** The data of a completed job in Redis. */
export interface JobResult {
  translations: readonly QueuedTranslation[]
  digest: string
}

/**
 * The result of a job of `count` texts in Redis' data, which any program may have written. @throws GlassformerError
 * ERR_JOB
 */
export function readResult(id: string, stored: string, count: number): JobResult {
  const place = inMemory(`the result of job ${id}`, 'ERR_JOB')
  const result = read(resultSettings, parsed(stored, id), place) as JobResult
  const { translations } = result
  if (translations.length !== count) place.refuse(`it has ${translations.length} translations of ${count} texts`)
  return result
}

function parsed(stored: string, id: string): unknown {
  try {
    return JSON.parse(stored)
  } catch (cause) {
    throw new GlassformerError('ERR_JOB', `the result of job ${id} is no JSON`, { cause })
  }
}
