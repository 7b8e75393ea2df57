import { GlassformerError } from '../base/errors.ts'
import { present } from '../base/present.ts'
import type { Weights } from '../engine/weights/weights.ts'
import type { TracedIntervention } from './data/trace.ts'
import type { Intervention } from './edits/intervention.ts'
import { type ChangedTensor, checkChanged, checkHead } from './edits/interventions.ts'
import { matchNames, tensorNames, weightNames } from './edits/tensor-names.ts'
import type { TensorOrigin } from './edits/tensor-origin.ts'
import type { ResolvedTraceOptions } from './options.ts'
import type { ForcedToken } from './play/trace-search.ts'
import { wholeProgram } from './play/traced-play.ts'
import type { TokenNames } from './play/traced-text.ts'

/** An intervention that writes a tensor, and this tensor in the model. */
export type Change = { changed: ChangedTensor; by: Intervention & { kind: 'replace' | 'ablate' | 'apply' } }

/** The options of a trace, applied to one model. */
export interface Understood {
  /** The tensors of the trace. */
  makings: ReadonlyMap<string, TensorOrigin>
  /** Every tensor that a trace of the model may have. */
  names: ReadonlyMap<string, TensorOrigin>
  heads: ReturnType<typeof checkHead>[]
  changes: Change[]
  forced: ForcedToken[]
}

/** @throws GlassformerError ERR_OPTION for names, heads and tokens that the model does not have */
export function resolvedTrace(options: ResolvedTraceOptions, weights: Weights, named: TokenNames): Understood {
  const { config } = weights
  const whole = wholeProgram(weights, true)
  const names = tensorNames(whole, config)
  const listed = whole.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.name))
  const changes: Change[] = []
  const heads: Understood['heads'] = []
  const forced: ForcedToken[] = []
  for (const each of options.interventions) {
    if (each.kind === 'headOff') heads.push(checkHead(each, config))
    else if (each.kind === 'force') forced.push(forcedToken(each, named, config.targetVocabulary))
    else changes.push({ changed: checkChanged(each.tensor, names, whole), by: each })
  }
  forced.sort((a, b) => a.step - b.step)
  const twice = forced.find(({ step }, i) => i > 0 && forced[i - 1].step === step)
  if (twice) throw new GlassformerError('ERR_OPTION', `interventions force two tokens at step ${twice.step}`)
  return { makings: matchNames(options.tensors, names, listed, weightNames(weights)), names, heads, changes, forced }
}

function forcedToken(
  { step, token }: Intervention & { kind: 'force' },
  named: TokenNames,
  vocabulary: number,
): ForcedToken {
  const id = typeof token === 'number' ? token : named.targetId(token)
  if (id === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `'${token}' is no token of the target vocabulary: give a piece as the vocabulary writes it ('▁student'), or an id`,
    )
  if (id >= vocabulary)
    throw new GlassformerError('ERR_OPTION', `id ${id} is outside the target vocabulary of ${vocabulary}`)
  return { step, id, token: named.target(id) }
}

/** An intervention in the format of a trace. */
export function tracedIntervention(given: Intervention, forced: readonly ForcedToken[]): TracedIntervention {
  if (given.kind === 'headOff') return given
  if (given.kind === 'force') return { kind: 'force', ...present(forced.find(({ step }) => step === given.step)) }
  const { tensor } = given
  if (given.kind === 'apply') return { kind: 'apply', tensor }
  const rows = given.rows && { rows: [...given.rows] }
  if (given.kind === 'ablate') return { kind: 'ablate', tensor, ...rows, with: given.with ?? 'zero' }
  return { kind: 'replace', tensor, ...rows }
}
