import { GlassformerError, shown } from '../base/errors.ts'
import { reading } from '../base/reading.ts'
import { inOptions } from '../base/schema/place.ts'
import { defaultsOf, type Given, read, settings } from '../base/schema/settings.ts'
import { abortSignal, either, flag, ids, integer, listOf, oneOf, type Type, text } from '../base/schema/types.ts'
import { isArrayOf } from '../base/values/value-class.ts'
import { checkIds } from '../engine/decode/check-ids.ts'
import { fitted, type GenerationOptions, generationSettings } from '../engine/decode/settings/options.ts'
import type { ModelConfig } from '../engine/model/config/config.ts'
import type { Adapter } from '../engine/weights/adapter.ts'
import type { Languages } from '../language/text/languages.ts'
import { attributionChoice, type Contrast, contrastChoice, type ResolvedAttribution } from './attribution/settings.ts'
import { type Ablation, type Intervention, substitutes, type TensorFunction } from './edits/intervention.ts'
import { type AskedOrigin, originsChoice } from './origins/settings.ts'
import { type ResolvedSweep, sweepChoice } from './sweep/settings.ts'

/** The contents of a trace. Search options, by default those of the model's folder, determine its translation. */
export interface TraceOptions extends Partial<GenerationOptions>, Given<typeof traceSettings> {}

/** The default number of tokens of a distribution. */
const SOME = 5

const interventionList: Type<readonly Intervention[]> = {
  expected: 'a list of interventions',
  accepts: (value): value is readonly Intervention[] => Array.isArray(value),
}

const namesOfTensors = listOf(text, 'a list of names of tensors')

const changesByName: Type<Readonly<Record<string, Float32Array | readonly number[] | TensorFunction>>> = {
  expected: 'an object with values, or a function, for each name of a tensor',
  accepts: (value): value is Readonly<Record<string, Float32Array | readonly number[] | TensorFunction>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
}

const ablations: Type<readonly (string | Ablation)[]> = {
  expected: 'a list of tensors, heads (decoder.1.crossAttention.heads.2), or { tensor, rows, with, seed }',
  accepts: (value): value is readonly (string | Ablation)[] => Array.isArray(value),
}

const howMany = {
  ...either(flag, integer(1)),
  expected: 'true, false or an integer of at least 1',
  choices: undefined,
}

/** The settings of a trace other than those of the search. */
export const traceSettings = settings({
  target: {
    type: either(text, ids),
    optional: true,
    otherwise: "the model's own translation",
    says: 'the target that the decoder reads: a text, to which the end is added, or ids, which are used as they are',
  },
  tensors: {
    type: namesOfTensors,
    default: [],
    says: 'names of tensors; `*` matches one part of a name, `**` any number of them',
  },
  capture: {
    type: namesOfTensors,
    default: [],
    says: 'the same as `tensors`, under the name that hooks have elsewhere',
  },
  steps: {
    type: howMany,
    default: false,
    says: 'the distribution of each step, with this many of its best tokens; true: 5',
  },
  lens: {
    type: howMany,
    default: false,
    says: 'the distribution at each depth of the decoder, with this many of its best tokens; true: 5',
  },
  beamTree: { type: flag, default: false, says: 'every hypothesis of the search' },
  adapter: { type: text, optional: true, otherwise: 'none', says: 'as `translate` takes it' },
  sourceLanguage: { type: text, optional: true, otherwise: 'what the folder says', says: 'as `translate` takes it' },
  targetLanguage: { type: text, optional: true, otherwise: 'what the folder says', says: 'as `translate` takes it' },
  interventions: { type: interventionList, default: [], says: "changes to the model's computation" },
  replace: {
    type: changesByName,
    optional: true,
    otherwise: 'nothing',
    says: 'interventions by name of a tensor: values in place of all its rows, or a function of it (slow: the program stops there)',
  },
  ablate: {
    type: ablations,
    default: [],
    says: 'interventions: tensors that become zeros, or what `with` says (zero, mean, noise), and heads that are off, as `decoder.1.crossAttention.heads.2`',
  },
  attribute: {
    type: attributionChoice,
    optional: true,
    otherwise: 'nothing',
    says: "why this word: the shares of a target token's logit, `direct`, by `gradient`, `integrated` (a word, a list of them, or an object as below)",
  },
  contrast: {
    type: contrastChoice,
    optional: true,
    otherwise: 'none',
    says: 'why not that one: the rival whose logit is subtracted, a token or its id, a list with one for each step, or true: the best other token',
  },
  sweep: {
    type: sweepChoice,
    optional: true,
    otherwise: 'none',
    says: 'what if: one number of the model while tensors are replaced one after the other (an object as below)',
  },
  origins: {
    type: originsChoice,
    optional: true,
    otherwise: 'none',
    says: 'where a number comes from: for each place, the numbers from which it was computed (a list of objects as below)',
  },
  signal: {
    type: abortSignal,
    optional: true,
    says: 'stops the work; the promise rejects with ERR_ABORTED, an error whose `name` is `AbortError`',
  },
})

const allSettings = { ...generationSettings, ...traceSettings }

/**
 * TraceOptions, checked and complete, in the form sent to a worker. The worker checks targets and interventions against
 * the model.
 */
export interface ResolvedTraceOptions {
  generation: GenerationOptions
  target: string | readonly number[] | null
  tensors: readonly string[]
  /** The number of best tokens; 0: no steps in the trace. */
  steps: number
  lens: number
  beamTree: boolean
  interventions: readonly Intervention[]
  attribute: ResolvedAttribution | null
  contrast: Contrast | null
  sweep: ResolvedSweep | null
  origins: readonly AskedOrigin[]
  /** The name of the low-rank adapter, and the adapter itself once it has been looked up. */
  adapterName?: string
  adapter?: Adapter
  /** The languages that the caller names. */
  languages?: Languages
}

/** @throws GlassformerError ERR_OPTION, naming the option and its allowed values */
export function resolveTraceOptions(
  options: TraceOptions,
  defaults: GenerationOptions,
  model: ModelConfig,
): ResolvedTraceOptions {
  const byDefault = { ...defaults, ...defaultsOf(traceSettings) }
  const {
    target,
    tensors,
    steps,
    lens,
    beamTree,
    adapter,
    sourceLanguage,
    targetLanguage,
    interventions,
    capture,
    replace,
    ablate,
    attribute,
    contrast,
    sweep,
    origins,
    signal,
    ...generation
  } = read(allSettings, options, inOptions, byDefault)
  fitted(generation, options)
  checkIds(generation, model)
  if (contrast !== undefined && attribute === undefined && sweep === undefined)
    throw new GlassformerError('ERR_OPTION', "option 'contrast' needs 'attribute' or 'sweep', whose rival it names")
  return {
    generation,
    target: target ?? null,
    tensors: [...tensors, ...capture],
    steps: countOf(steps),
    lens: countOf(lens),
    beamTree,
    ...(adapter !== undefined && { adapterName: adapter }),
    ...((sourceLanguage ?? targetLanguage) !== undefined && { languages: { sourceLanguage, targetLanguage } }),
    interventions: [
      ...interventions.map((each, i) => ownIntervention(each, `interventions[${i}]`)),
      ...Object.entries(replace ?? {}).map(([tensor, change]) =>
        ownIntervention(changeOf(tensor, change), `replace.${tensor}`),
      ),
      ...ablate.map((each, i) => ownIntervention(ablationOf(each), `ablate[${i}]`)),
    ],
    // Readers of these settings return them complete.
    attribute: attribute ? (attribute as ResolvedAttribution) : null,
    contrast: contrast || contrast === 0 ? (contrast as Contrast) : null,
    sweep: sweep ? (sweep as ResolvedSweep) : null,
    origins: (origins ?? []) as readonly AskedOrigin[],
  }
}

/** An entry of the option `replace` as an intervention. */
const changeOf = (tensor: string, change: unknown): Intervention =>
  (typeof change === 'function'
    ? { kind: 'apply', tensor, apply: change }
    : { kind: 'replace', tensor, values: change }) as Intervention

/** An entry of the option `ablate` as an intervention. */
function ablationOf(given: string | Ablation): Intervention {
  if (typeof given !== 'string') return typeof given === 'object' ? { ...given, kind: 'ablate' } : given
  const head = /^(.+)\.heads\.(\d+)$/.exec(given)
  if (head) return { kind: 'headOff', attention: head[1], head: Number(head[2]) }
  return { kind: 'ablate', tensor: given }
}

const countOf = (asked: boolean | number) => (typeof asked === 'number' ? asked : asked ? SOME : 0)

const values: Type<Float32Array | readonly number[]> = {
  expected: 'a Float32Array or a list of finite numbers',
  accepts: (value): value is Float32Array | readonly number[] =>
    (isArrayOf(Float32Array, value) || Array.isArray(value)) && Array.from(value).every(Number.isFinite),
}

const tensorFunction: Type<TensorFunction> = {
  expected: 'a function of { name, shape, values, positions }',
  accepts: (value): value is TensorFunction => typeof value === 'function',
}

const kinds = {
  headOff: settings({
    kind: { type: oneOf('headOff'), says: 'a head is switched off' },
    attention: { type: text, says: 'the module path of its attention' },
    head: { type: integer(0), says: 'which of its heads, from 0' },
  }),
  replace: settings({
    kind: { type: oneOf('replace'), says: 'values of a tensor are replaced' },
    tensor: { type: text, says: 'its name' },
    rows: { type: listOf(integer(0), 'a list of row numbers, from 0'), optional: true, says: 'which rows' },
    values: { type: values, says: 'row by row' },
  }),
  ablate: settings({
    kind: { type: oneOf('ablate'), says: 'a tensor loses what it says' },
    tensor: { type: text, says: 'its name' },
    rows: { type: listOf(integer(0), 'a list of row numbers, from 0'), optional: true, says: 'which rows' },
    with: { type: oneOf(...substitutes), optional: true, says: 'by what its values are replaced' },
    seed: { type: integer(0), optional: true, says: 'of the noise' },
  }),
  apply: settings({
    kind: { type: oneOf('apply'), says: 'a function of a tensor runs' },
    tensor: { type: text, says: 'its name' },
    apply: { type: tensorFunction, says: 'the function' },
  }),
  force: settings({
    kind: { type: oneOf('force'), says: 'a token is forced' },
    step: { type: integer(0), says: 'at which step, from 0' },
    token: { type: { ...either(text, integer(0)), expected: 'a token or its id' }, says: 'which token' },
  }),
}

/** A copy of an intervention, which the caller cannot change. */
function ownIntervention(given: Intervention, where: string): Intervention {
  const schema = reading(where, () => kinds[(given as Partial<Intervention> | null)?.kind as keyof typeof kinds])
  const wanted = `${where} must have a 'kind', one of ${Object.keys(kinds).join(', ')}`
  if (!schema || !Object.hasOwn(kinds, given.kind))
    throw new GlassformerError('ERR_OPTION', `${wanted}: ${shown(given)} has not`)
  try {
    const own = read(schema as (typeof kinds)['replace'], given, inOptions) as Intervention
    return own.kind === 'replace' ? { ...own, values: Float32Array.from(own.values) } : own
  } catch (error) {
    if (!(error instanceof GlassformerError)) throw error
    throw new GlassformerError(error.code, `${where}: ${error.message}`, { cause: error })
  }
}
