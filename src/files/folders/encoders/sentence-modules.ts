import { GlassformerError } from '../../../base/errors.ts'
import { lastOf } from '../../../base/present.ts'
import { settingsFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { openModelTensors } from '../../../formats/tensors/model-tensors.ts'

/** The ways by which the states of a text become one vector, in the order in which their vectors lie after each other. */
export const poolings = ['cls', 'max', 'mean', 'meanSqrtLength', 'weightedMean', 'lastToken'] as const
export type Pooling = (typeof poolings)[number]

/** A step after the pooling. */
export type VectorStep =
  | { kind: 'normalize' }
  | {
      kind: 'dense'
      weight: Float32Array
      bias: Float32Array | null
      activation: 'identity' | 'tanh' | 'relu' | 'gelu' | 'sigmoid'
      inputs: number
      outputs: number
    }

/** What sentence-transformers says of a folder. */
export interface SentenceSettings {
  poolings: readonly Pooling[]
  /** Whether the tokens of a prompt take part in the pooling. */
  includePrompt: boolean
  steps: readonly VectorStep[]
  prompts: Readonly<Record<string, string>>
  defaultPrompt: string | null
  maxLength: number | null
  /** Letters become small before the tokenizer. */
  lowers: boolean
  similarity: 'cosine' | 'dot' | 'euclidean' | 'manhattan'
  /** Whether modules.json says so; otherwise these are defaults: the mean of all tokens. */
  isStored: boolean
}

const KEYS: readonly [string, Pooling][] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'meanSqrtLength'],
  ['pooling_mode_weightedmean_tokens', 'weightedMean'],
  ['pooling_mode_lasttoken', 'lastToken'],
]

/** Reads the modules of sentence-transformers; `within` opens a folder of the folder. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function readSentenceModules(folder: Folder, within: (name: string) => Folder): SentenceSettings {
  const byDefault: SentenceSettings = {
    poolings: ['mean'],
    includePrompt: true,
    steps: [],
    prompts: {},
    defaultPrompt: null,
    maxLength: null,
    lowers: false,
    similarity: 'cosine',
    isStored: false,
  }
  const own = { ...byDefault, ...readTransformerSettings(folder), ...readPrompts(folder) }
  if (!folder.has('modules.json')) return own
  const modules = readModules(folder)
  let settings: SentenceSettings = { ...own, isStored: true, poolings: [] }
  for (const { type, path } of modules) {
    if (type === 'Transformer') {
      if (path) refuse(folder, `the Transformer lies in ${path}, and only one in the folder itself is read`)
    } else if (type === 'Pooling') settings = { ...settings, ...readPooling(within(path)) }
    else if (type === 'Dense') settings = { ...settings, steps: [...settings.steps, readDense(within(path))] }
    else if (type === 'Normalize') settings = { ...settings, steps: [...settings.steps, { kind: 'normalize' }] }
    else refuse(folder, `the module ${type} is not read; these are: Transformer, Pooling, Dense, Normalize`)
  }
  if (!settings.poolings.length)
    throw new GlassformerError('ERR_MODEL_FORMAT', `${folder.at('modules.json')}: there is no Pooling with a mode`)
  return settings
}

const refuse = (folder: Folder, what: string): never => {
  throw new GlassformerError('ERR_UNSUPPORTED', `${folder.at('modules.json')}: ${what}`)
}

function readModules(folder: Folder): { type: string; path: string }[] {
  const where = folder.at('modules.json')
  let list: unknown
  try {
    list = JSON.parse(folder.text('modules.json', settingsFile))
  } catch (cause) {
    if (cause instanceof GlassformerError) throw cause
    throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: it is not JSON`, { cause })
  }
  if (!Array.isArray(list)) throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: it must be a list of modules`)
  return list.map((module: JsonObject) => {
    const fields = new JsonFields(module, where)
    const path = fields.text('path', '')
    if (path && !/^[\w.-]+$/.test(path)) fields.fail('path', 'the name of a folder')
    return { type: lastOf(fields.text('type').split('.')), path }
  })
}

function readPooling(folder: Folder): Pick<SentenceSettings, 'poolings' | 'includePrompt'> {
  if (!folder.has('config.json'))
    throw new GlassformerError(
      'ERR_FILE',
      `${folder.at('config.json')} is missing, and modules.json names it: download the whole folder again`,
    )
  const fields = new JsonFields(folder.json('config.json'), folder.at('config.json'))
  const modes = fields.has('pooling_mode')
    ? namedModes(fields)
    : KEYS.filter(([key]) => fields.flag(key, false)).map(([, mode]) => mode)
  return { poolings: modes, includePrompt: fields.flag('include_prompt', true) }
}

/** The modes as newer folders name them: 'mean', or several. */
function namedModes(fields: JsonFields): Pooling[] {
  const names: Record<string, Pooling> = {
    cls: 'cls',
    max: 'max',
    mean: 'mean',
    mean_sqrt_len_tokens: 'meanSqrtLength',
    weightedmean: 'weightedMean',
    lasttoken: 'lastToken',
  }
  const given = [fields.value('pooling_mode')].flat().map(String)
  const found = given.map(
    (name) => names[name] ?? fields.fail('pooling_mode', `one of ${Object.keys(names).join(', ')}`),
  )
  return poolings.filter((mode) => found.includes(mode))
}

const ACTIVATIONS: Readonly<Record<string, (VectorStep & { kind: 'dense' })['activation']>> = {
  Identity: 'identity',
  Tanh: 'tanh',
  ReLU: 'relu',
  GELU: 'gelu',
  Sigmoid: 'sigmoid',
}

function readDense(folder: Folder): VectorStep {
  const fields = new JsonFields(folder.json('config.json'), folder.at('config.json'))
  const inputs = fields.positiveInteger('in_features')
  const outputs = fields.positiveInteger('out_features')
  const name = lastOf(fields.text('activation_function', 'torch.nn.modules.activation.Tanh').split('.'))
  const activation = Object.hasOwn(ACTIVATIONS, name)
    ? ACTIVATIONS[name]
    : fields.fail('activation_function', `one of ${Object.keys(ACTIVATIONS).join(', ')}`)
  const tensors = openModelTensors(folder)
  try {
    const read = (tensor: string, count: number) => {
      const values = new Float32Array(count)
      tensors.readFloats(tensor, values)
      return values
    }
    const bias = fields.flag('bias', true) ? read('linear.bias', outputs) : null
    return { kind: 'dense', weight: read('linear.weight', inputs * outputs), bias, activation, inputs, outputs }
  } finally {
    tensors.close()
  }
}

function readTransformerSettings(folder: Folder): Partial<SentenceSettings> {
  const name = 'sentence_bert_config.json'
  if (!folder.has(name)) return {}
  const fields = new JsonFields(folder.json(name), folder.at(name))
  return {
    ...(fields.has('max_seq_length') && { maxLength: fields.positiveInteger('max_seq_length') }),
    lowers: fields.flag('do_lower_case', false),
  }
}

function readPrompts(folder: Folder): Partial<SentenceSettings> {
  const name = 'config_sentence_transformers.json'
  if (!folder.has(name)) return {}
  const fields = new JsonFields(folder.json(name), folder.at(name))
  const prompts = fields.value('prompts') ?? {}
  if (
    typeof prompts !== 'object' ||
    Array.isArray(prompts) ||
    !Object.values(prompts as object).every((prompt) => typeof prompt === 'string')
  )
    fields.fail('prompts', 'an object of texts')
  const kind = fields.text('similarity_fn_name', 'cosine')
  if (!['cosine', 'dot', 'euclidean', 'manhattan'].includes(kind))
    fields.fail('similarity_fn_name', 'cosine, dot, euclidean or manhattan')
  return {
    prompts: prompts as Record<string, string>,
    defaultPrompt: fields.has('default_prompt_name') ? fields.text('default_prompt_name') : null,
    similarity: kind as SentenceSettings['similarity'],
  }
}
