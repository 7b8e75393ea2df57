import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { bestOther, type Contrast, idOf } from '../attribution/index.ts'
import type { TracedSweep } from '../data/trace.ts'
import type { ModelEdits } from '../edits/interventions.ts'
import type { TensorOrigin } from '../edits/tensor-origin.ts'
import { TracedPlay } from '../play/traced-play.ts'
import type { TokenNames } from '../play/traced-text.ts'
import type { ResolvedSweep } from './settings.ts'
import { sweeping } from './sweeping.ts'

/** The parts of a trace that a sweep needs. */
export interface AskedSweep {
  player: Player
  weights: Weights
  edits: ModelEdits
  names: ReadonlyMap<string, TensorOrigin>
  named: TokenNames
  options: ResolvedSweep
  contrast: Contrast | null
}

/** The sentence of a sweep, with its whole target, and the second source in ids with its text; null: none. */
export interface SweptTexts {
  pair: TokenPair
  second: { ids: readonly number[]; text: string | null } | null
}

/**
 * A sweep over a sentence. `translated`: the ids of the translation of a source by the model without interventions.
 * @throws GlassformerError ERR_OPTION for steps, tokens and tensors that do not exist; ERR_UNSUPPORTED for a second source
 * of a decoder alone of another length
 */
export function* sweepOf(
  asked: AskedSweep,
  { pair, second }: SweptTexts,
  translated: (source: readonly number[]) => Generator<void, readonly number[]>,
): Generator<void, TracedSweep> {
  const { weights, options, named } = asked
  const isAlone = isDecoderOnly(weights.config)
  if (second && isAlone)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      "option 'sweep.second' needs a model with an encoder: a decoder alone reads its source and its target as one text; use sweep.with",
    )
  const measured =
    options.measure === 'loss' ? null : yield* measuredToken(asked, pair, second && translated(second.ids))
  const upTo = measured ? { ...pair, target: pair.target.slice(0, measured.step + 1) } : pair
  const { side, heads, ...found } = yield* sweeping({ ...asked, pair: upTo, second: second?.ids ?? null, measured })
  const token = (id: number) => ({ id, token: named.target(id) })
  const start = isAlone ? pair.source[0] : (weights.config.ids.start ?? -1)
  const inputs = [start, ...upTo.target.slice(0, -1)]
  const tokens = side === 'source' ? pair.source.map((id) => named.source(id)) : inputs.map((id) => named.target(id))
  return {
    measure: options.measure,
    step: measured?.step ?? null,
    answer: measured && token(measured.answer),
    rival: measured && options.measure === 'logitDifference' ? token(measured.rival) : null,
    by: second ? 'second' : options.with,
    second: second && named.sourceText(second.ids, second.text),
    columns: options.over === 'head' ? { kind: 'head', heads } : { kind: 'position', side, tokens },
    ...found,
  }
}

/** The token that is measured, its rival, and their step. @throws GlassformerError ERR_OPTION */
function* measuredToken(
  asked: AskedSweep,
  pair: TokenPair,
  searching: Generator<void, readonly number[]> | null,
): Generator<void, { step: number; answer: number; rival: number }> {
  const { options, contrast } = asked
  const { target } = pair
  const needsRival = options.measure === 'logitDifference'
  const needsOther = options.step === null || (needsRival && contrast === null)
  const other = needsOther && searching ? yield* searching : null
  const parting = other ? target.findIndex((id, step) => id !== other[step]) : 0
  const step = options.step ?? parting
  if (step < 0)
    throw new GlassformerError(
      'ERR_OPTION',
      "both sources have the same translation: say by option 'sweep.step' where to measure, and by 'contrast' against which token",
    )
  if (step >= target.length)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'sweep.step': there is no step ${step}: the target has ${counted(target.length, 'token')}, 0 to ${target.length - 1}`,
    )
  const answer = options.answer === null ? target[step] : idOf(options.answer, 'sweep.answer', asked)
  if (Array.isArray(contrast))
    throw new GlassformerError('ERR_OPTION', "option 'contrast' must be one token for a sweep, which measures one step")
  if (contrast !== null && contrast !== true)
    return { step, answer, rival: idOf(contrast as string | number, 'contrast', asked) }
  const differs = contrast === null && other && other[step] !== undefined && other[step] !== answer
  return { step, answer, rival: differs ? other[step] : runnerUp(asked, pair, step, answer) }
}

/** The most probable other token at a step. */
function runnerUp({ player, weights, edits }: AskedSweep, pair: TokenPair, step: number, answer: number): number {
  const upTo = { ...pair, target: pair.target.slice(0, step + 1) }
  const play = new TracedPlay(player, weights, upTo, edits, [{ by: 'computed', tensor: 'output.out' }])
  const { width, values } = play.values('output.out')
  return bestOther(values.subarray(step * width, (step + 1) * width), answer)
}
