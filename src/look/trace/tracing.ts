import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/number-text.ts'
import type { Player } from '../../engine/backend/backend.ts'
import { Generator as Translations } from '../../engine/decode/generator.ts'
import type { GenerationOptions } from '../../engine/decode/options.ts'
import type { Found } from '../../engine/decode/search/index.ts'
import { type Surface, surfaceOf } from '../../engine/decode/search/index.ts'
import type { Shortlist } from '../../engine/decode/step/index.ts'
import { isDecoderOnly, type ModelConfig } from '../../engine/model/config.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { PieceTexts } from '../../language/text/piece-texts.ts'
import type { Tokenizer } from '../../language/text/tokenizer.ts'
import { BeamRecorder } from './beam-recorder.ts'
import { Distribution } from './distribution.ts'
import { DraftRecorder, observers } from './draft-recorder.ts'
import { checkHead, checkReplaced, ModelEdits, type Replaced } from './interventions.ts'
import { LogitLens } from './lens.ts'
import type { Making } from './making.ts'
import type { Intervention, ResolvedTraceOptions } from './options.ts'
import { statesByDepth } from './sublayer-names.ts'
import { matchNames, tensorNames } from './tensor-names.ts'
import type { Trace, TracedDistribution, TracedIntervention, TracedStep } from './trace.ts'
import { tracedModel } from './traced-model.ts'
import { TracedPlay, wholeProgram } from './traced-play.ts'
import { TokenNames } from './traced-text.ts'

/** A model in a trace. */
export interface TracedSubject {
  name: string
  weights: Weights
  /** Null where the model takes only ids. */
  tokenizer: Tokenizer | null
  shortlist: Shortlist | null
  player: Player
}

/** A side of a trace: ids with their end, and their text where there is one. */
export interface TracedIds {
  ids: readonly number[]
  text: string | null
}

const LOGITS = { by: 'computed', tensor: 'output.out' } as const satisfies Making

/**
 * Traces one sentence; the caller runs the steps, and may stop between any two. `target`: the decoder's target; null:
 * the result of the search. @throws GlassformerError ERR_OPTION for names, heads, rows and steps that the model or the
 * sentence does not have
 */
export function* tracing(
  { name, weights, tokenizer, shortlist, player }: TracedSubject,
  source: TracedIds,
  target: TracedIds | null,
  options: ResolvedTraceOptions,
): Generator<void, Trace> {
  const { config } = weights
  const isAlone = isDecoderOnly(config)
  const named = new TokenNames(tokenizer, config.ids)
  const nameOf = (id: number) => named.target(id)
  const { makings, heads, replaced, forced } = understood(options, weights, named)
  if (target && forced.length)
    throw new GlassformerError(
      'ERR_OPTION',
      "interventions force a token on the search, and option 'target' leaves none: give the target with that token in it, or no target",
    )
  const drafts = new DraftRecorder()
  const recorder = options.beamTree && !target ? new BeamRecorder(options.generation, nameOf) : null
  const edits = (rows: Record<string, number>) => new ModelEdits(config, heads, replaced, rows)
  const S = source.ids.length
  const surface = tokenizer && surfaceOf(tokenizer, new PieceTexts(tokenizer), source.ids)
  const search = {
    player,
    weights,
    shortlist,
    surface,
    source: source.ids,
    options,
    edits: edits(isAlone ? {} : { S }),
    forced,
    recorder,
    drafts,
    draft: draftIn(options.generation, tokenizer),
  }
  const found = target ? null : yield* searched(search)
  const chosen = target?.ids ?? found!.ids
  if (!chosen.length)
    throw new GlassformerError(
      'ERR_OPTION',
      'the options of the search allow no token at all: there is nothing to trace',
    )

  const { pair, given } = whole(config, source.ids, chosen)
  const ids = pair.target
  const depths: Making[] = options.lens
    ? statesByDepth('decoder', config).map((tensor) => ({ by: 'computed', tensor }))
    : []
  const all = [...makings.values(), ...(options.steps ? [LOGITS] : []), ...depths]
  const play = new TracedPlay(player, weights, pair, edits({ S: isAlone ? ids.length : S, T: ids.length }), all)
  yield
  const tensors: Trace['tensors'] = {}
  for (const [tensor, making] of makings) {
    tensors[tensor] = play.tensor(making)
    yield
  }
  const steps: TracedStep[] = []
  if (options.steps) {
    const forcedSteps = new Set(forced.map(({ step }) => step))
    const { width, values } = play.values(LOGITS.tensor)
    for (const [step, id] of ids.entries()) {
      const distribution = new Distribution(values.subarray(step * width, (step + 1) * width))
      const chosen = { ...distribution.choice(id, nameOf(id)), rank: distribution.rank(id) }
      const draft = drafts.steps.get(step - given)
      steps.push({
        ...distribution.traced(options.steps, nameOf),
        chosen,
        forced: step < given || forcedSteps.has(step - given),
        ...(draft && { draft: { ...draft, token: nameOf(draft.id) } }),
      })
    }
    yield
  }
  const lens: Trace['lens'] = []
  if (options.lens) {
    const through = new LogitLens(player, weights)
    for (const [depth, making] of depths.entries()) {
      const rows: TracedDistribution[] = []
      through.through(play.tensor(making).values, (logits) => {
        rows.push(new Distribution(logits).traced(options.lens, nameOf))
      })
      lens.push({ depth, rows })
      yield
    }
  }
  const inputs = [isAlone ? source.ids[0] : (config.ids.start ?? -1), ...ids.slice(0, -1)]
  return {
    format: 'glassformer-trace',
    version: 1,
    model: tracedModel(name, weights, player.info.backend),
    source: named.sourceText(source.ids, source.text),
    target: {
      ...named.targetText(ids, target?.text ?? null),
      inputs: { ids: inputs, tokens: inputs.map(nameOf) },
      finishReason: found?.finishReason ?? 'given',
      ...(given > 0 && { given }),
    },
    tensors,
    steps,
    lens,
    beams: recorder?.tree ?? null,
    interventions: options.interventions.map((each) => traced(each, forced)),
  }
}

/**
 * The pair that the model runs on, and how many of its targets were given. A decoder alone reads the prompt too: all of the text but the first
 * token are its targets.
 */
function whole(config: ModelConfig, source: readonly number[], target: readonly number[]) {
  if (!isDecoderOnly(config)) return { pair: { source, target }, given: 0 }
  return { pair: { source: source.slice(0, 1), target: [...source.slice(1), ...target] }, given: source.length - 1 }
}

/** The draft of a search, where it is a text as its ids. @throws GlassformerError ERR_OPTION for a text where the model has no tokenizer */
function draftIn({ draft }: GenerationOptions, tokenizer: Tokenizer | null): GenerationOptions['draft'] {
  if (typeof draft !== 'string' || draft === 'lookup') return draft
  if (tokenizer) return tokenizer.encodeTarget(draft)
  throw new GlassformerError('ERR_OPTION', "option 'draft': the model has no tokenizer: give ids instead of a text")
}

/** A token that is forced in the search. */
interface ForcedToken {
  step: number
  id: number
  token: string
}

/** The options applied to this model. @throws GlassformerError ERR_OPTION */
function understood(options: ResolvedTraceOptions, weights: Weights, named: TokenNames) {
  const { config } = weights
  const whole = wholeProgram(weights, true)
  const names = tensorNames(whole, config)
  const listed = whole.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.name))
  const replaced: Replaced[] = []
  const heads: ReturnType<typeof checkHead>[] = []
  const forced: ForcedToken[] = []
  for (const each of options.interventions) {
    if (each.kind === 'headOff') heads.push(checkHead(each, config))
    else if (each.kind === 'replace') replaced.push(checkReplaced(each, names, whole))
    else forced.push(forcedToken(each, named, config.targetVocabulary))
  }
  forced.sort((a, b) => a.step - b.step)
  const twice = forced.find(({ step }, i) => i > 0 && forced[i - 1].step === step)
  if (twice) throw new GlassformerError('ERR_OPTION', `interventions force two tokens at step ${twice.step}`)
  return { makings: matchNames(options.tensors, names, listed), heads, replaced, forced }
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
function traced(given: Intervention, forced: readonly ForcedToken[]): TracedIntervention {
  if (given.kind === 'headOff') return given
  if (given.kind === 'force') return { kind: 'force', ...forced.find(({ step }) => step === given.step)! }
  const { kind, tensor, rows } = given
  return { kind, tensor, ...(rows && { rows: [...rows] }) }
}

interface AskedSearch {
  player: Player
  weights: Weights
  shortlist: Shortlist | null
  surface: Surface | null
  source: readonly number[]
  options: ResolvedTraceOptions
  edits: ModelEdits
  /** Forced tokens by step. */
  forced: readonly ForcedToken[]
  recorder: BeamRecorder | null
  drafts: DraftRecorder
  /** The draft in ids, or lookup. */
  draft: GenerationOptions['draft']
}

/**
 * The translation that the search finds. A forced token follows the tokens that the search found before it, without the
 * later ones, and the search continues from there. @throws GlassformerError ERR_OPTION where a translation ends before
 * a step
 */
function* searched(asked: AskedSearch): Generator<void, Found> {
  const { player, weights, shortlist, edits, forced: tokens } = asked
  const translations = new Translations(player, weights, { batchTokens: 1, shortlist, change: edits })
  const forced = new Map<number, number>()
  const recorderBefore = (last: boolean) => (last ? asked.recorder : null)
  let found = yield* search(translations, asked, forced, recorderBefore(!tokens.length))
  for (const [i, { step, id }] of tokens.entries()) {
    if (step >= found.ids.length)
      throw new GlassformerError(
        'ERR_OPTION',
        `there is no step ${step} to force a token at: the translation ends after ${counted(found.ids.length, 'token')}`,
      )
    for (let before = forced.size; before < step; before++) forced.set(before, found.ids[before])
    forced.set(step, id)
    found = yield* search(translations, asked, forced, recorderBefore(i === tokens.length - 1))
  }
  return found
}

function* search(
  translations: Translations,
  { source, surface, options, drafts, draft }: AskedSearch,
  forced: ReadonlyMap<number, number>,
  observer: BeamRecorder | null,
): Generator<void, Found> {
  let found: Found | undefined
  const done = ([best]: Found[]) => {
    found = best
  }
  drafts.steps.clear()
  translations.add({
    source,
    surface,
    options: { ...options.generation, draft },
    done,
    forced,
    observer: observer ? observers([observer, drafts]) : drafts,
  })
  while (!found) {
    translations.step()
    yield
  }
  return found
}
