import { GlassformerError } from '../../../base/errors.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { Ctranslate2Variables } from './variables.ts'

/** Settings of config.json, or of the attributes of older files. */
export interface Ctranslate2Settings {
  unknown: string
  bos: string
  eos: string
  /** The decoder's first token; null where it is the first of the tokens with which the caller lets a translation begin. */
  start: string | null
  /** Whether CTranslate2 puts these around the tokens of a source. */
  addBos: boolean
  addEos: boolean
  /** Null: the default of the norm's kind. */
  epsilon: number | null
}

const CONFIG = 'config.json'

/** @throws GlassformerError ERR_MODEL_FORMAT; ERR_UNSUPPORTED for int4 and multi-query attention */
export function readCtranslate2Settings(folder: Folder, variables: Ctranslate2Variables): Ctranslate2Settings {
  if (!folder.has(CONFIG)) return ofAttributes(variables)
  const json = folder.json(CONFIG)
  const fields = new JsonFields(json, folder.at(CONFIG))
  checkSupported(json, folder.at(CONFIG))
  const eos = fields.text('eos_token', '</s>')
  return {
    unknown: fields.text('unk_token', '<unk>'),
    bos: fields.text('bos_token', '<s>'),
    eos,
    start:
      'decoder_start_token' in json && json.decoder_start_token === null
        ? null
        : fields.text('decoder_start_token', '<s>'),
    addBos: fields.flag('add_source_bos', false),
    addEos: fields.flag('add_source_eos', false),
    epsilon: fields.has('layer_norm_epsilon') ? positive(fields) : null,
  }
}

function positive(fields: JsonFields): number {
  const epsilon = fields.number('layer_norm_epsilon')
  return epsilon > 0 ? epsilon : fields.fail('layer_norm_epsilon', 'a positive number')
}

function checkSupported(json: JsonObject, where: string): void {
  const { quantization_type: type, multi_query_attention: multiQuery } = json
  if (type !== undefined && type !== null && type !== 0)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${where}: quantization_type ${JSON.stringify(type)}: models in int4 (AWQ) are not read here; convert the model to int8`,
    )
  if (multiQuery === true)
    throw new GlassformerError('ERR_UNSUPPORTED', `${where}: multi_query_attention cannot be computed here`)
}

function ofAttributes(variables: Ctranslate2Variables): Ctranslate2Settings {
  const text = (name: string, byDefault: string) => variables.text(name) ?? byDefault
  const flag = (name: string, byDefault: boolean) => (variables.number(name) ?? Number(byDefault)) !== 0
  const [bos, eos] = [text('bos_token', '<s>'), text('eos_token', '</s>')]
  const byDefault = flag('with_target_bos', true) ? bos : eos
  const isOfCaller = flag('user_decoder_start_tokens', false)
  return {
    unknown: text('unk_token', '<unk>'),
    bos,
    eos,
    start: isOfCaller ? null : text('decoder_start_token', byDefault),
    addBos: flag('with_source_bos', false),
    addEos: flag('with_source_eos', false),
    epsilon: null,
  }
}
