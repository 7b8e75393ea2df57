import type { EncodedSource } from '../batch/ragged-batch.ts'
import type { Rules } from '../search/rules.ts'
import type { Draft, DraftingModel, DraftKind } from '../step/draft.ts'
import { GivenDraft } from './given-draft.ts'
import { LookupDraft } from './lookup-draft.ts'

/**
 * The draft that options ask for, or that of an assistant where they name none; null where there is none, or where several hypotheses live,
 * whose drafts would be many.
 */
export function draftOf(
  { options, ends }: Pick<Rules, 'options' | 'ends'>,
  source: EncodedSource,
  assistant: DraftingModel | null,
): { kind: DraftKind; draft: Draft } | null {
  const { draft, draftNgram, draftConfidence: confidence, beams, alternatives } = options
  if (beams > 1 || alternatives > 1) return null
  if (draft === 'lookup') return { kind: 'lookup', draft: new LookupDraft(source.source, draftNgram) }
  if (draft !== null && typeof draft !== 'string') return { kind: 'given', draft: new GivenDraft(draft) }
  return draft === null && assistant
    ? { kind: 'assistant', draft: assistant.begin(source, { confidence, ends }) }
    : null
}
