import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_HEADER } from '../../base/limits.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { readIndex } from '../../formats/tensors/model-tensors.ts'
import { weightFiles } from '../../formats/tensors/weight-files.ts'

/** The files of a model to download: the first is the one that every model has. */
export const CONFIGURATION = 'config.json'

/** Settings and tokenizers, where a model has them. */
export const companions = [
  ...['generation_config.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'],
  ...['tokenizer.json', 'vocab.json', 'target_vocab.json', 'merges.txt', 'vocab.txt'],
  ...['source.spm', 'target.spm', 'spiece.model', 'sentencepiece.bpe.model', 'sentencepiece.model', 'spm_128k.model'],
  ...['LICENSE', 'shortlist.safetensors'],
]

/**
 * The file with a model's weights, or their index: the first one that exists in the order of reading.
 * @throws GlassformerError ERR_UNSUPPORTED where there is none
 */
export function weightsAmong(has: (file: string) => boolean, model: string): string {
  const file = weightFiles.find(has)
  if (file !== undefined) return file
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${model} has no weights that can be read: none of ${weightFiles.join(', ')}; choose a model that has, or convert it in Python with save_pretrained`,
  )
}

/**
 * The files that an index names; none for other files.
 * @throws GlassformerError ERR_MODEL_FORMAT for a name that leads out of the folder
 */
export function shardsOf(folder: string, file: string): string[] {
  const ending = /(\.\w+)\.index\.json$/.exec(file)?.[1]
  if (ending === undefined) return []
  const index = join(folder, file)
  return [...new Set(readIndex(readJsonObject(index, { most: LARGEST_HEADER }), index, ending).values())]
}
