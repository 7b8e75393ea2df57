import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { JOINER } from '../../../language/text/moses/subword-codes.ts'
import { quantization, readActivation, readingHuggingFace, readStack } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import type { TokenizerContents } from '../tokenizers/tokenizer-files.ts'
import { bartNames, positionRows, sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

/**
 * fairseq's models of WMT 2019 (Ng et al. 2019) and their kin in Hugging Face's layout: two vocabularies, norms after each
 * sub-layer, sinusoids from the position after that of padding, and Moses' tokens cut by byte-pair encoding.
 */
export const fsmt: Family = {
  modelTypes: ['fsmt'],
  classes: ['FSMTForConditionalGeneration'],
  read: readingHuggingFace({
    config: fsmtConfig,
    generation: { forced_eos_token_id: 2 },
    tokenizer: (folder) => ({ tokenizer: fsmtTokenizer(folder) }),
  }),
  quantized: { quantization_config: quantization },
  names,
}

function fsmtConfig(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const dModel = fields.positiveInteger('d_model')
  return {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    activation: readActivation(fields, 'activation_function', 'relu'),
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: positionsOf(ids, stored),
    embeddingScale: fields.flag('scale_embedding', true) ? Math.sqrt(dModel) : 1,
    sourceVocabulary: fields.positiveInteger('src_vocab_size'),
    targetVocabulary: fields.positiveInteger('tgt_vocab_size'),
    sharedEmbedding: false,
    tiedOutput: isTied(stored),
    outputBias: false,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: positionRows(fields),
  }
}

const OUTPUT = 'model.decoder.output_projection.weight'

/** The published models have one table in both places, whatever config.json says; the tensors decide. */
const isTied = (stored: FolderTensors): boolean =>
  !stored.entries.has(OUTPUT) || stored.areEqual(['model.decoder.embed_tokens.weight', OUTPUT])

const POSITIONS = 'model.encoder.embed_positions.weight'

/** The tables of positions that transformers 5 stores are read as they are; without them they are sinusoids. */
function positionsOf({ padding }: SpecialIds, stored: FolderTensors): ModelConfig['positions'] {
  const offset = (padding ?? 1) + 1
  const rows = stored.entries.get(POSITIONS)?.shape[0]
  return rows === undefined ? { kind: 'timingSignal', offset } : { kind: 'learned', rows, offset }
}

function names(config: ModelConfig): WeightNames {
  const plain = config.positions.kind === 'learned' ? bartNames(config) : sinusoidNames(config)
  return {
    ...plain,
    stored: {
      ...plain.stored,
      'output.weight': OUTPUT,
    },
  }
}

const UNKNOWN = '<unk>'
/** The end of a word in the vocabularies. */
const END = '</w>'
const FILES = ['vocab-src.json', 'vocab-tgt.json', 'merges.txt'] as const

/** The tokenizer files; of kind 'none' where the folder has none. Pieces are written in subword-nmt's spelling. */
function fsmtTokenizer(folder: Folder): TokenizerContents {
  if (!FILES.some((name) => folder.has(name))) return { kind: 'none' }
  const missing = FILES.find((name) => !folder.has(name))
  if (missing)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder.at(missing)} is missing: FSMT's tokenizer is made of ${FILES.join(', ')}`,
    )
  const settings = folder.has('tokenizer_config.json') ? folder.json('tokenizer_config.json') : {}
  const langs = settings.langs ?? folder.json('config.json').langs
  const [sourceLanguage, targetLanguage] = Array.isArray(langs) ? langs.map(String) : []
  return {
    kind: 'vocabulary',
    source: piecesOf(folder, 'vocab-src.json'),
    target: piecesOf(folder, 'vocab-tgt.json'),
    codes: codesOf(folder.text('merges.txt', tokenizerFile)),
    ...(sourceLanguage !== undefined && { sourceLanguage }),
    ...(targetLanguage !== undefined && { targetLanguage }),
    fairseq: true,
    unknown: UNKNOWN,
  }
}

/** The pieces of a vocabulary by id, as a JSON list: a piece that does not end a word ends with the joiner. */
function piecesOf(folder: Folder, file: string): string {
  const pieces: string[] = []
  for (const [piece, id] of Object.entries(folder.json(file))) {
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > 10_000_000)
      throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${folder.at(file)}: the id of '${piece}' must be an integer`)
    const isSpecial = /^<[a-z/]+>$/.test(piece) && piece !== END
    const spelled = isSpecial ? piece : piece.endsWith(END) ? piece.slice(0, -END.length) : piece + JOINER
    pieces[id as number] = spelled
  }
  return JSON.stringify(Array.from(pieces, (piece, id) => piece ?? `<unused${id}>`))
}

/** fairseq's merges, which have a number after each pair, as those of subword-nmt. */
const codesOf = (merges: string): string =>
  [
    '#version: 0.2',
    ...merges
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#version'))
      .map((line) => line.split(' ').slice(0, 2).join(' ')),
  ].join('\n')
