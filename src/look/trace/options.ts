import { isArrayOf } from '../../base/array-of.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { reading } from '../../base/reading.ts'
import { inOptions } from '../../base/schema/place.ts'
import { defaultsOf, type Given, read, settings } from '../../base/schema/settings.ts'
import { abortSignal, either, flag, ids, integer, listOf, oneOf, type Type, text } from '../../base/schema/types.ts'
import { checkIds } from '../../engine/decode/check-ids.ts'
import { fitted, type GenerationOptions, generationSettings } from '../../engine/decode/options.ts'
import type { ModelConfig } from '../../engine/model/config.ts'
import type { Languages } from '../../language/text/languages.ts'

/** A change to the model's computation. */
export type Intervention =
  /** The output of a head is replaced by zeros, in every program: 'decoder.1.crossAttention', head 2. */
  | { kind: 'headOff'; attention: string; head: number }
  /**
   * Rows of a computed tensor are replaced by given values, row by row; by default all rows (activation patching). A
   * tensor of the encoder is replaced during the search too; one of the decoder, only while the decoder reads the whole
   * target.
   */
  | { kind: 'replace'; tensor: string; rows?: readonly number[]; values: Float32Array | readonly number[] }
  /** The token at a step, from 0: earlier tokens stay as they were, and the search continues from there. */
  | { kind: 'force'; step: number; token: string | number }

/** The contents of a trace. Search options, by default those of the model's folder, determine its translation. */
export interface TraceOptions extends Partial<GenerationOptions>, Given<typeof traceSettings> {}

/** The default number of tokens of a distribution. */
const SOME = 5

const interventionList: Type<readonly Intervention[]> = {
  expected: 'a list of interventions',
  accepts: (value): value is readonly Intervention[] => Array.isArray(value),
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
    type: listOf(text, 'a list of names of tensors'),
    default: [],
    says: 'names of tensors; `*` matches one part of a name, `**` any number of them',
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
  sourceLanguage: { type: text, optional: true, otherwise: 'what the folder says', says: 'as `translate` takes it' },
  targetLanguage: { type: text, optional: true, otherwise: 'what the folder says', says: 'as `translate` takes it' },
  interventions: { type: interventionList, default: [], says: "changes to the model's computation" },
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
    sourceLanguage,
    targetLanguage,
    interventions,
    signal,
    ...generation
  } = read(allSettings, options, inOptions, byDefault)
  fitted(generation, options)
  checkIds(generation, model)
  return {
    generation,
    target: target ?? null,
    tensors,
    steps: countOf(steps),
    lens: countOf(lens),
    beamTree,
    ...((sourceLanguage ?? targetLanguage) !== undefined && { languages: { sourceLanguage, targetLanguage } }),
    interventions: interventions.map(ownIntervention),
  }
}

const countOf = (asked: boolean | number) => (typeof asked === 'number' ? asked : asked ? SOME : 0)

const values: Type<Float32Array | readonly number[]> = {
  expected: 'a Float32Array or a list of finite numbers',
  accepts: (value): value is Float32Array | readonly number[] =>
    (isArrayOf(Float32Array, value) || Array.isArray(value)) && Array.from(value).every(Number.isFinite),
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
  force: settings({
    kind: { type: oneOf('force'), says: 'a token is forced' },
    step: { type: integer(0), says: 'at which step, from 0' },
    token: { type: { ...either(text, integer(0)), expected: 'a token or its id' }, says: 'which token' },
  }),
}

/** A copy of an intervention, which the caller cannot change. */
function ownIntervention(given: Intervention, index: number): Intervention {
  const where = `interventions[${index}]`
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
