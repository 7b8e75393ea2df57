import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { Generator as Translations } from '../../engine/decode/generator.ts'
import type { Found, TokenTexts } from '../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import type { Shortlist } from '../../engine/decode/step/index.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { ModelEdits } from '../edits/interventions.ts'
import { type BeamRecorder, type DraftRecorder, observers } from './beam-recorder.ts'

/** A token that is forced in the search. */
export interface ForcedToken {
  step: number
  id: number
  token: string
}

/** A search for the translations of one source. */
export interface AskedSearch {
  player: Player
  weights: Weights
  shortlist: Shortlist | null
  surface: TokenTexts | null
  source: readonly number[]
  generation: GenerationOptions
  edits: ModelEdits
  /** Forced tokens by step. */
  forced: readonly ForcedToken[]
  recorder: BeamRecorder | null
  drafts: DraftRecorder
  /** The draft in ids, or lookup. */
  draft: GenerationOptions['draft']
}

/**
 * The translations that the search finds, best first. A forced token follows the tokens that the search found before it, without the
 * later ones, and the search continues from there. @throws GlassformerError ERR_OPTION where a translation ends before
 * a step
 */
export function* traceSearch(asked: AskedSearch): Generator<void, Found[]> {
  const { player, weights, shortlist, edits, forced: tokens } = asked
  const translations = new Translations(player, weights, { batchTokens: 1, shortlist, change: edits })
  const forced = new Map<number, number>()
  const recorderBefore = (last: boolean) => (last ? asked.recorder : null)
  let found = yield* search(translations, asked, forced, recorderBefore(!tokens.length))
  for (const [i, { step, id }] of tokens.entries()) {
    const [{ ids }] = found
    if (step >= ids.length)
      throw new GlassformerError(
        'ERR_OPTION',
        `there is no step ${step} to force a token at: the translation ends after ${counted(ids.length, 'token')}`,
      )
    for (let before = forced.size; before < step; before++) forced.set(before, ids[before])
    forced.set(step, id)
    found = yield* search(translations, asked, forced, recorderBefore(i === tokens.length - 1))
  }
  return found
}

function* search(
  translations: Translations,
  { source, surface, generation, drafts, draft, edits }: AskedSearch,
  forced: ReadonlyMap<number, number>,
  observer: BeamRecorder | null,
): Generator<void, Found[]> {
  let found: Found[] | undefined
  const done = (all: Found[]) => {
    found = all
  }
  drafts.steps.clear()
  translations.add({
    source,
    surface,
    options: { ...generation, draft },
    done,
    forced,
    allLogits: edits.writesLogits,
    observer: observer ? observers([observer, drafts]) : drafts,
  })
  while (!found) {
    translations.step()
    yield
  }
  return found
}
