import { GlassformerError } from '../../../base/errors.ts'
import { generationDefaults } from '../../../engine/decode/settings/options.ts'
import { checkConfig, type ModelConfig, type SpecialIds } from '../../../engine/model/config/config.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { toHuggingFace } from '../generation/generation-json.ts'
import { SettingsReader } from '../generation/settings-reader.ts'
import type { FolderSettings } from '../layout/loaded-model.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { ofCtranslate2 } from './attributes.ts'
import { activationOf, stackOf } from './config.ts'
import { weightsIn } from './names.ts'
import { checkParts } from './refused.ts'
import type { Ctranslate2Variables } from './variables.ts'
import { readList } from './vocabularies.ts'

const CONFIG = 'config.json'

/** By its number of ids CTranslate2 tells a model of many languages from one of English. */
const MULTILINGUAL = 51865

/**
 * A model of speech that a converter of CTranslate2 has written (faster-whisper's folders): what model.bin says of its shape, the settings of
 * config.json, and the tokenizer.json beside them. @throws GlassformerError ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export function whisperContents(folder: Folder, variables: Ctranslate2Variables): FolderSettings {
  checkParts(variables, (name) => weightsIn(name, variables).length > 0)
  const json: JsonObject = folder.has(CONFIG) ? folder.json(CONFIG) : {}
  const settings = new SettingsReader(json, folder.at(CONFIG))
  const config = configOf(folder, variables, json)
  checkConfig(config, variables.path)
  const generation = {
    ...generationDefaults,
    suppress: settings.ids('suppress_ids').filter((id) => id >= 0),
    suppressFirst: settings.ids('suppress_ids_begin'),
    loops: 'keep' as const,
  }
  const { tokenizer } = hubTokenizerFiles('Whisper')(folder)
  return {
    config,
    generation,
    settings: toHuggingFace(config, generation),
    unsupported: [],
    tokenizer,
    sourceLocale: undefined,
    splitTokens: 100,
    trainedOn: 'texts',
    augmented: false,
  }
}

function configOf(folder: Folder, variables: Ctranslate2Variables, json: JsonObject): ModelConfig {
  const [vocabulary, dModel] = variables.matrix('decoder/embeddings/weight')
  const [positions] = variables.matrix('encoder/position_encodings/encodings')
  const [rows] = variables.matrix('decoder/position_encodings/encodings')
  const attributes = ofCtranslate2(variables)
  const mels = variables.named.get('encoder/conv1/weight')?.shape[1] ?? 0
  const ids = idsOf(folder, vocabulary, positions)
  return {
    dModel,
    encoder: stackOf(variables, 'encoder', attributes.heads('encoder')),
    decoder: stackOf(variables, 'decoder', attributes.heads('decoder')),
    sound: { mels, positions, ...ids.sound, alignmentHeads: headsOf(json, folder.at(CONFIG)) },
    activation: activationOf(attributes.activation('decoder'), variables),
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
    positions: { kind: 'learned', rows, offset: 0 },
    embeddingScale: attributes.embeddingScale('decoder', dModel),
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
    sharedEmbedding: true,
    tiedOutput: variables.named.get('decoder/projection/weight') === variables.named.get('decoder/embeddings/weight'),
    outputBias: variables.has('decoder/projection/bias'),
    linearBias: true,
    outputScale: 1,
    ids: ids.special,
    maxLength: rows,
  }
}

/** The ids with a meaning: those of the list of tokens, or by the places that they have in all of OpenAI's models. */
function idsOf(folder: Folder, vocabulary: number, positions: number) {
  const list = readList(folder, 'vocabulary')
  const tokens = list?.length === vocabulary ? list : []
  const idOf = (token: string, otherwise: number) => {
    const id = tokens.indexOf(token)
    return id < 0 ? otherwise : id
  }
  const noTimestamps = idOf('<|notimestamps|>', vocabulary - positions - 2)
  const languages = vocabulary > MULTILINGUAL ? 100 : 99
  const start = idOf('<|startoftranscript|>', noTimestamps - 6 - languages)
  const end = idOf('<|endoftext|>', start - 1)
  // Models of English alone have no empty token in front of the end.
  const multilingual = tokens.length ? end % 2 === 1 : vocabulary >= MULTILINGUAL
  const special: SpecialIds = { end, start, padding: end, unknown: null }
  return { special, sound: { noTimestamps, multilingual } }
}

function headsOf(json: JsonObject, where: string): [number, number][] {
  const heads = json.alignment_heads ?? []
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every((index) => Number.isSafeInteger(index) && index >= 0)
  if (Array.isArray(heads) && heads.every(isPair)) return heads as [number, number][]
  throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: alignment_heads must be a list of [layer, head]`)
}
