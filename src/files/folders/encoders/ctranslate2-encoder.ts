import { GlassformerError } from '../../../base/errors.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { activationOf } from '../ctranslate2/config.ts'
import { MODEL_FILE } from '../ctranslate2/files.ts'
import { type VariablePart, weightsIn } from '../ctranslate2/names.ts'
import { checkParts } from '../ctranslate2/refused.ts'
import { Ctranslate2Tensors } from '../ctranslate2/tensors.ts'
import { Ctranslate2Variables } from '../ctranslate2/variables.ts'
import { readList } from '../ctranslate2/vocabularies.ts'
import { writtenActivation } from '../layout/huggingface.ts'
import { bert } from './families/bert.ts'
import type { EncoderFamily } from './families/index.ts'
import type { StoredEncoder } from './stored-encoder.ts'

const SPEC = 'TransformerEncoderSpec'
const TANH = 5
const TYPES = 'types.weight'

/** CTranslate2's encoders: the weights have our own names, and positions count from 0, whatever the model was converted from. */
const family: EncoderFamily = {
  ...bert,
  prefix: '',
  names: {},
  headNames: { pooled: { 'head.dense': 'head.dense' } },
}

/**
 * An encoder that a converter of CTranslate2 has written: BERT, RoBERTa, XLM-RoBERTa or DistilBERT, which its file does not tell apart. Heads
 * of tasks are not written.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED
 */
export function ctranslate2Encoder(folder: Folder): StoredEncoder {
  const file = folder.open(MODEL_FILE)
  try {
    const variables = new Ctranslate2Variables(file)
    const json = settingsOf(variables, folder)
    return {
      family,
      json,
      where: variables.path,
      open: () => new Ctranslate2Tensors(folder.open(MODEL_FILE), namesIn, [TYPES]),
    }
  } finally {
    file.close()
  }
}

/** The settings that the variables hold, under the keys of BERT's config.json. */
function settingsOf(variables: Ctranslate2Variables, folder: Folder): JsonObject {
  const { path, spec, revision } = variables
  const refuse = (what: string): never => {
    throw new GlassformerError('ERR_UNSUPPORTED', `${path}: ${what}`)
  }
  if (spec !== SPEC)
    refuse(
      `the model is of '${spec.slice(0, 60)}', which is no encoder alone ('${SPEC}'): Translator.load reads those that translate`,
    )
  if (revision > 1)
    refuse(`revision ${revision} of '${spec}' is newer than 1: convert the model with an older CTranslate2`)
  checkParts(variables, (name) => weightOf(name, variables).length > 0)
  const number = (name: string, byDefault: number) => variables.number(name) ?? byDefault
  if (number('encoder/pre_norm', 1))
    refuse('norms stand before the sub-layers, as no encoder that is read here has them')
  if (number('encoder/scale_embeddings', 1)) refuse('embeddings are scaled, as no encoder that is read here has them')
  const hasTypes = variables.has('encoder/embeddings_1/weight')
  if (hasTypes && number('encoder/embeddings_merge', 0) !== 1) refuse('embeddings are joined, and not added')
  if (number('pooler_activation', TANH) !== TANH) refuse('the activation of the pooler is not tanh')
  const [vocabulary, dModel] = variables.matrix('encoder/embeddings_0/weight')
  const [rows] = variables.matrix('encoder/position_encodings/encodings')
  const [inner] = variables.matrix('encoder/layer_0/ffn/linear_0/weight')
  const activation = activationOf(number('encoder/activation', 0), variables)
  const own = folder.has('config.json') ? folder.json('config.json') : {}
  return {
    ...own,
    model_type: 'bert',
    vocab_size: vocabulary,
    hidden_size: dModel,
    num_hidden_layers: variables.layers('encoder'),
    num_attention_heads: number('encoder/num_heads', 8),
    intermediate_size: inner,
    hidden_act: writtenActivation[activation],
    layer_norm_eps: own.layer_norm_epsilon ?? 1e-5,
    max_position_embeddings: rows,
    type_vocab_size: hasTypes ? variables.matrix('encoder/embeddings_1/weight')[0] : 0,
  }
}

/** Variables that no translation model has, by our names. */
const encoderVariables: Readonly<Record<string, string>> = {
  'encoder/embeddings_1/weight': TYPES,
  'pooler_dense/weight': 'head.dense.weight',
  'pooler_dense/bias': 'head.dense.bias',
}

function weightOf(variable: string, variables: Ctranslate2Variables): [string, VariablePart][] {
  if (Object.hasOwn(encoderVariables, variable)) return [[encoderVariables[variable], { variable, part: 0, parts: 1 }]]
  return weightsIn(variable, variables).map(([name, part]) => [
    name.replace(/^encoder\.(?=embedding|positions)/, ''),
    part,
  ])
}

const namesIn = (variables: Ctranslate2Variables) =>
  new Map([...variables.named.keys()].flatMap((name) => weightOf(name, variables)))

/**
 * Compares a tokenizer with the list of tokens that CTranslate2's converter has written, so that it is not that of another model.
 * @throws GlassformerError ERR_FILE, ERR_TOKENIZER_FORMAT
 */
export function checkVocabulary(folder: Folder, definition: string): void {
  const tokens = readList(folder, 'vocabulary')
  if (!tokens)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder.at('vocabulary.json')} is missing: CTranslate2's converter writes it with ${MODEL_FILE}`,
    )
  const ids = idsOf(definition)
  const wrong = tokens.findIndex((token, id) => ids.has(token) && ids.get(token) !== id)
  const found = tokens.reduce((sum, token) => sum + (ids.has(token) ? 1 : 0), 0)
  if (wrong < 0 && 2 * found >= tokens.length) return
  const example =
    wrong < 0 ? '' : `: ${JSON.stringify(tokens[wrong])} is ${ids.get(tokens[wrong])} there, and ${wrong} here`
  throw new GlassformerError(
    'ERR_TOKENIZER_FORMAT',
    `${folder.path}: the tokenizer and vocabulary.json have other tokens${example}; copy tokenizer.json of the model that was converted`,
  )
}

/** The ids of the tokens of a tokenizer.json; none where it is damaged, so that the check refuses it. A whole tokenizer takes ten times as long. */
function idsOf(definition: string): Map<string, number> {
  type Definition = { model?: { vocab?: unknown }; added_tokens?: { content: string; id: number }[] }
  let json: Definition
  try {
    json = JSON.parse(definition)
  } catch {
    return new Map()
  }
  const vocab = json?.model?.vocab ?? {}
  const own = Array.isArray(vocab)
    ? vocab.map(([token]: [string], id): [string, number] => [token, id])
    : Object.entries(vocab as Record<string, number>)
  return new Map([...own, ...(json?.added_tokens ?? []).map(({ content, id }): [string, number] => [content, id])])
}
