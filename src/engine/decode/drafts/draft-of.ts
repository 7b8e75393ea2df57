import type { GenerationOptions } from '../options.ts'
import type { Draft, DraftKind } from './draft.ts'
import { GivenDraft } from './given-draft.ts'
import { LookupDraft } from './lookup-draft.ts'

/** The draft that options ask for; null where none is asked for, or where several hypotheses live, whose drafts would be many. */
export function draftOf(
  { draft, draftNgram, beams, alternatives }: GenerationOptions,
  source: readonly number[],
): { kind: DraftKind; draft: Draft } | null {
  if (draft === null || beams > 1 || alternatives > 1) return null
  if (draft === 'lookup') return { kind: 'lookup', draft: new LookupDraft(source, draftNgram) }
  return typeof draft === 'string' ? null : { kind: 'given', draft: new GivenDraft(draft) }
}
