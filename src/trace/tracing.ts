import type { SourceIds } from '../base/choices/position-kinds.ts'
import { GlassformerError } from '../base/errors.ts'
import { present } from '../base/present.ts'
import type { Player } from '../engine/backend/interface/backend.ts'
import { LatentCodec, paddedTarget } from '../engine/decode/latents/index.ts'
import { tokenTextsOf } from '../engine/decode/search/index.ts'
import type { GenerationOptions } from '../engine/decode/settings/options.ts'
import type { Shortlist, TokenPair } from '../engine/decode/step/index.ts'
import { isDecoderOnly, type ModelConfig } from '../engine/model/config/config.ts'
import type { Weights } from '../engine/weights/weights.ts'
import { PieceTexts } from '../language/text/tokenizer/piece-texts.ts'
import type { Tokenizer } from '../language/text/tokenizer/tokenizer.ts'
import { attributions } from './attribution/index.ts'
import type { Trace, TracedDistribution, TracedStep } from './data/trace.ts'
import { applyFunction } from './edits/functions-of-threads.ts'
import {
  type Applied,
  ablatedBy,
  type ChangedTensor,
  ModelEdits,
  type Replaced,
  replacedBy,
} from './edits/interventions.ts'
import { statesByDepth } from './edits/sublayer-names.ts'
import type { TensorOrigin } from './edits/tensor-origin.ts'
import type { ResolvedTraceOptions } from './options.ts'
import { originsOf } from './origins/index.ts'
import { BeamRecorder, DraftRecorder } from './play/beam-recorder.ts'
import { Distribution, LogitLens } from './play/distribution.ts'
import { type AskedSearch, traceSearch } from './play/trace-search.ts'
import { tracedModel } from './play/traced-model.ts'
import { TracedPlay } from './play/traced-play.ts'
import { TokenNames } from './play/traced-text.ts'
import { resolvedTrace, tracedIntervention, type Understood } from './resolved-trace.ts'
import { sweepOf } from './sweep/index.ts'

interface AskedEdits extends Pick<Understood, 'heads' | 'changes'> {
  player: Player
  weights: Weights
}

/**
 * Interventions as changes of the model's programs. `counts`: the number of rows of each symbol, as far as it is known
 * before the search. `pairOf`: the sentence with its target as the unchanged model has it, from which means and noise are taken.
 * @throws GlassformerError ERR_OPTION where values do not fit
 */
function* editsOf(
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
          measured.map(({ changed }) => originOf(changed)),
        )
      : null
  const replaced: Replaced[] = []
  const applied: Applied[] = []
  for (const change of changes) {
    const { changed, by } = change
    if (by.kind === 'replace') replaced.push(replacedBy(changed, by, counts))
    else if (by.kind === 'apply') applied.push({ ...changed, apply: (values) => applyFunction(by.apply, values) })
    else
      replaced.push(
        ablatedBy(changed, by, counts, measured.includes(change) ? present(play).tensor(originOf(changed)) : null),
      )
  }
  return new ModelEdits(weights.config, heads, replaced, applied)
}

const originOf = ({ tensor, columns, isProduct }: ChangedTensor): TensorOrigin =>
  isProduct ? { by: 'product', tensor } : { by: 'computed', tensor, columns }

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
  ids: SourceIds
  text: string | null
}

const LOGITS = { by: 'computed', tensor: 'output.out' } as const satisfies TensorOrigin

/** The texts of a trace. */
export interface TracedTexts {
  source: TracedIds
  /** The decoder's target; null: the result of the search. */
  target: TracedIds | null
  /** The second source of a sweep; null: none. */
  second: TracedIds | null
}

/**
 * Traces one sentence; the caller runs the steps, and may stop between any two. @throws GlassformerError ERR_OPTION for
 * names, heads, rows and steps that the model or the sentence does not have; ERR_UNSUPPORTED for gradients of a model
 * without any
 */
export function* tracing(
  { name, weights, tokenizer, shortlist, player }: TracedSubject,
  { source, target, second }: TracedTexts,
  options: ResolvedTraceOptions,
): Generator<void, Trace> {
  const { config } = weights
  const isAlone = isDecoderOnly(config)
  const named = new TokenNames(tokenizer, config.ids)
  const nameOf = (id: number) => named.target(id)
  const { makings, names, heads, changes, forced } = resolvedTrace(options, weights, named)
  if (target && forced.length)
    throw new GlassformerError(
      'ERR_OPTION',
      "interventions force a token on the search, and option 'target' leaves none: give the target with that token in it, or no target",
    )
  if (config.latents && !target)
    throw new GlassformerError(
      'ERR_OPTION',
      "option 'target': the model is an autoencoder, which writes a given target again: give one",
    )
  if (config.latents && (options.attribute || options.sweep))
    throw new GlassformerError(
      'ERR_OPTION',
      "options 'attribute' and 'sweep' are for models that choose their tokens; the model is an autoencoder",
    )
  const drafts = new DraftRecorder()
  const recorder = options.beamTree && !target ? new BeamRecorder(options.generation, nameOf) : null
  const searchOf = (ids: readonly number[], edits: ModelEdits): AskedSearch => ({
    player,
    weights,
    shortlist,
    surface: tokenizer && tokenTextsOf(tokenizer, new PieceTexts(tokenizer), ids),
    source: ids,
    generation: options.generation,
    edits,
    forced: [],
    recorder: null,
    drafts,
    draft: draftIn(options.generation, tokenizer),
  })
  const unchanged = new ModelEdits(config)
  const counts = countsOf(config, source.ids, target?.ids ?? null)
  const edits = yield* editsOf({ player, weights, heads, changes }, counts, function* () {
    const own = target?.ids ?? (yield* traceSearch(searchOf(source.ids, unchanged)))[0].ids
    return whole(config, source.ids, own).pair
  })
  const all = target ? null : yield* traceSearch({ ...searchOf(source.ids, edits), forced, recorder })
  const found = all?.[0]
  const chosen = target?.ids ?? present(found).ids
  if (!chosen.length)
    throw new GlassformerError(
      'ERR_OPTION',
      'the options of the search allow no token at all: there is nothing to trace',
    )

  const { pair, given } = whole(config, source.ids, chosen)
  const ids = pair.target
  const depths: TensorOrigin[] = options.lens
    ? statesByDepth('decoder', config).map((tensor) => ({ by: 'computed', tensor }))
    : []
  const needed = [...makings.values(), ...(options.steps ? [LOGITS] : []), ...depths]
  const play = new TracedPlay(player, weights, pair, edits, needed)
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
  const codec = config.latents && new LatentCodec(player, weights)
  const inputs = config.latents ? [...ids] : [isAlone ? source.ids[0] : (config.ids.start ?? -1), ...ids.slice(0, -1)]
  const explained =
    options.attribute &&
    (yield* attributions({
      player,
      weights,
      pair,
      inputs,
      edits,
      named,
      options: options.attribute,
      contrast: options.contrast,
    }))
  const swept =
    options.sweep &&
    (yield* sweepOf(
      { player, weights, edits, names, named, options: options.sweep, contrast: options.contrast },
      { pair, second },
      function* (ids) {
        return (yield* traceSearch(searchOf(ids, unchanged)))[0].ids
      },
    ))
  const origins =
    options.origins.length > 0 && (yield* originsOf({ player, weights, pair, inputs, edits, names }, options.origins))
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
    tensors: { ...tensors, ...explained?.tensors },
    steps,
    lens,
    beams: recorder?.tree ?? null,
    ...(codec && { latents: { every: present(config.latents).every, codes: codec.encode([pair])[0] } }),
    ...(all &&
      options.generation.alternatives > 1 && {
        alternatives: all.map(({ ids, score }) => ({ text: named.targetText(ids, null).text, ids, score })),
      }),
    ...(explained && { attributions: explained.attributions }),
    ...(swept && { sweep: swept }),
    ...(origins && { origins }),
    interventions: options.interventions.map((each) => tracedIntervention(each, forced)),
  }
}

/** The rows of source and target, as far as they are known before a search. */
function countsOf(config: ModelConfig, source: readonly number[], target: readonly number[] | null) {
  if (!isDecoderOnly(config)) return { S: source.length, ...(target && { T: target.length }) }
  if (!target) return {}
  const rows = source.length - 1 + target.length
  return { S: rows, T: rows }
}

/**
 * The pair that the model runs on, and how many of its targets were given. A decoder alone reads the prompt too: all of the text but the first
 * token are its targets.
 */
function whole(config: ModelConfig, source: readonly number[], target: readonly number[]) {
  const { latents, ids } = config
  if (latents) return { pair: { source, target: paddedTarget(target, latents.every, ids.end) }, given: 0 }
  if (!isDecoderOnly(config)) return { pair: { source, target }, given: 0 }
  return { pair: { source: source.slice(0, 1), target: [...source.slice(1), ...target] }, given: source.length - 1 }
}

/** The draft of a search, where it is a text as its ids. @throws GlassformerError ERR_OPTION for a text where the model has no tokenizer */
function draftIn({ draft }: GenerationOptions, tokenizer: Tokenizer | null): GenerationOptions['draft'] {
  if (typeof draft !== 'string' || draft === 'lookup') return draft
  if (tokenizer) return tokenizer.encodeTarget(draft)
  throw new GlassformerError('ERR_OPTION', "option 'draft': the model has no tokenizer: give ids instead of a text")
}
