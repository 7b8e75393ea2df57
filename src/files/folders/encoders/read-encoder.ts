import { GlassformerError } from '../../../base/errors.ts'
import type { Encoding, Packing } from '../../../engine/backend/interface/backend.ts'
import { EncoderWeights, encoderWeights } from '../../../engine/encode/index.ts'
import { checkTextEncoder, type HeadConfig, type TextEncoderConfig } from '../../../engine/model/text-encoder/index.ts'
import type { Precision } from '../../../engine/weights/precision.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { encodingFor } from '../tensors/dominant-dtype.ts'
import { checkedAgainst, fillWeights } from '../tensors/fill-weights.ts'
import { type EncoderFamily, encoderFamilyOf, type Task } from './families/index.ts'
import { rowTensors } from './layout/row-tensors.ts'
import type { StoredEncoder } from './stored-encoder.ts'
import { encoderNames } from './stored-names.ts'

/** The kinds of labels: one of several, any of several, or a number. */
export type Problem = 'single' | 'multi' | 'regression'

/** What config.json says of an encoder. */
export interface EncoderSettings {
  config: TextEncoderConfig
  task: Task
  labels: string[]
  /** Null where config.json does not say. */
  problem: Problem | null
  architecture: string | null
  modelType: string
}

/** The form of an encoder's weights in memory. */
export interface EncoderStorage {
  precision?: Precision
  panels?: boolean
  packing?: Packing
}

const SUFFIXES: readonly [RegExp, Task][] = [
  [/ForSequenceClassification$/, 'classes'],
  [/ForTokenClassification$/, 'tokens'],
  [/ForQuestionAnswering$/, 'spans'],
  [/ForMaskedLM$/, 'vocabulary'],
  [/^Electra\w*ForPreTraining$/, 'discriminator'],
  [/ForPreTraining$/, 'vocabulary'],
]

/** The task of a class of transformers: BertForMaskedLM. */
export const taskOf = (architecture: string | null): Task =>
  SUFFIXES.find(([suffix]) => architecture !== null && suffix.test(architecture))?.[1] ?? 'none'

/** An encoder's settings by its config.json; `stored` are the names of its tensors. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function readEncoderSettings(
  json: JsonObject,
  where: string,
  stored: ReadonlySet<string>,
  family: EncoderFamily = encoderFamilyOf(json.model_type, where),
): EncoderSettings {
  const fields = new JsonFields(json, where)
  if (fields.has('quantization_config'))
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${where}: quantization_config: folders that others have quantized cannot be read; use the original model`,
    )
  const [first] = [fields.value('architectures') ?? []].flat()
  const architecture = typeof first === 'string' ? first : null
  const task = taskOf(architecture)
  const labels = labelsOf(fields)
  const config = { ...family.config(fields), head: headOf(family, task, fields, { labels: labels.length, stored }) }
  checkTextEncoder(config, where)
  return { config, task, labels, problem: problemOf(fields), architecture, modelType: String(json.model_type) }
}

function headOf(
  family: EncoderFamily,
  task: Task,
  fields: JsonFields,
  { labels, stored }: { labels: number; stored: ReadonlySet<string> },
): HeadConfig | null {
  const kind = headTask(family, task, stored)
  const own = kind && family.head(kind, fields)
  if (!own || !kind) return null
  const { dModel, vocabulary } = family.config(fields)
  const outputs = { pooled: 0, classes: labels, tokens: labels, spans: labels, discriminator: 1, vocabulary }[kind]
  if (kind === 'spans' && labels !== 2) fields.fail('id2label', 'two labels, where an answer begins and ends')
  return {
    kind: kind === 'discriminator' ? 'tokens' : kind,
    pooling: 'first',
    dense: null,
    denseBias: true,
    width: dModel,
    norm: false,
    outputs,
    tied: false,
    outputBias: true,
    ...own,
  }
}

/** The task of the head; a model without a task has the vector of a text where its file does. */
export function headTask(family: EncoderFamily, task: Task, stored: ReadonlySet<string>) {
  if (task !== 'none') return task
  const dense = family.headNames.pooled?.['head.dense']
  const names = [dense ?? []].flat()
  return names.some((name) => stored.has(`${name}.weight`) || stored.has(`${family.prefix}${name}.weight`))
    ? ('pooled' as const)
    : null
}

function labelsOf(fields: JsonFields): string[] {
  const count = fields.has('num_labels') ? fields.positiveInteger('num_labels') : null
  const byId = fields.value('id2label')
  if (byId === undefined || typeof byId !== 'object' || byId === null)
    return Array.from({ length: count ?? 2 }, (_, i) => `LABEL_${i}`)
  const entries = Object.entries(byId as Record<string, unknown>).sort(([a], [b]) => Number(a) - Number(b))
  if (!entries.every(([id, label], i) => Number(id) === i && typeof label === 'string'))
    fields.fail('id2label', 'a text for each of 0, 1, 2, …')
  return entries.map(([, label]) => label as string)
}

function problemOf(fields: JsonFields): Problem | null {
  const value = fields.value('problem_type')
  if (value === undefined) return null
  const problems: Record<string, Problem> = {
    single_label_classification: 'single',
    multi_label_classification: 'multi',
    regression: 'regression',
  }
  return problems[String(value)] ?? fields.fail('problem_type', `one of ${Object.keys(problems).join(', ')}`)
}

/** Reads an encoder's config.json and its weights. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function readEncoderModel(
  { family, json, where, open }: StoredEncoder,
  storage: EncoderStorage = {},
): EncoderSettings & { weights: EncoderWeights } {
  const opened = open()
  try {
    const settings = readEncoderSettings(json, where, new Set(opened.tensors.keys()), family)
    return { ...settings, weights: filled(family, settings, opened, storage) }
  } finally {
    opened.close()
  }
}

function filled(
  family: EncoderFamily,
  { config, task }: EncoderSettings,
  opened: TensorSource,
  { precision = 'auto', panels = false, packing }: EncoderStorage,
): EncoderWeights {
  const parts = family.rows?.(opened, config)
  const source = parts?.size ? rowTensors(opened, parts) : opened
  const recorded = encoderWeights(config)
  const kind = headTask(family, task, new Set(opened.tensors.keys()))
  const stored = checkedAgainst(recorded, source, (weights, names) =>
    encoderNames(family, kind, config, weights, names),
  )
  const encoding: Encoding = encodingFor({ precision, panels }, source)
  const weights = new EncoderWeights(config, encoding, packing?.store, recorded)
  fillWeights(weights, source, stored, packing)
  return weights
}
