import type { Player } from '../engine/backend/interface/backend.ts'
import type { TokenPair } from '../engine/decode/step/index.ts'
import type { Weights } from '../engine/weights/weights.ts'
import { applyFunction } from './edits/apply-function.ts'
import {
  type Applied,
  ablatedBy,
  type ChangedTensor,
  ModelEdits,
  type Replaced,
  replacedBy,
} from './edits/interventions.ts'
import type { Making } from './edits/making.ts'
import { TracedPlay } from './play/traced-play.ts'
import type { Understood } from './understood.ts'

interface AskedEdits extends Pick<Understood, 'heads' | 'changes'> {
  player: Player
  weights: Weights
}

/**
 * Interventions as changes of the model's programs. `counts`: the number of rows of each symbol, as far as it is known
 * before the search. `pairOf`: the sentence with its target as the unchanged model has it, from which means and noise are taken.
 * @throws GlassformerError ERR_OPTION where values do not fit
 */
export function* editsOf(
  { player, weights, heads, changes }: AskedEdits,
  counts: Readonly<Record<string, number>>,
  pairOf: () => Generator<void, TokenPair>,
): Generator<void, ModelEdits> {
  const measured = changes.filter(({ by }) => by.kind === 'ablate' && (by.with ?? 'zero') !== 'zero')
  const play =
    measured.length > 0
      ? new TracedPlay(
          player,
          weights,
          yield* pairOf(),
          new ModelEdits(weights.config),
          measured.map(({ changed }) => makingOf(changed)),
        )
      : null
  const replaced: Replaced[] = []
  const applied: Applied[] = []
  for (const change of changes) {
    const { changed, by } = change
    if (by.kind === 'replace') replaced.push(replacedBy(changed, by, counts))
    else if (by.kind === 'apply') applied.push({ ...changed, apply: (values) => applyFunction(by.apply, values) })
    else
      replaced.push(ablatedBy(changed, by, counts, measured.includes(change) ? play!.tensor(makingOf(changed)) : null))
  }
  return new ModelEdits(weights.config, heads, replaced, applied)
}

const makingOf = ({ tensor, columns, isProduct }: ChangedTensor): Making =>
  isProduct ? { by: 'product', tensor } : { by: 'computed', tensor, columns }
