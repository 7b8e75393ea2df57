import { join } from 'node:path'
import { hasFile } from '../../files/formats/read-file.ts'
import { readJsonObject } from '../../files/formats/read-json.ts'

/** The most tokens of a source: as the tokenizer's configuration says (T5 has no other limit), and no more than the model reads. */
export function longestSource(folder: string, maxLength: number): number {
  const path = join(folder, 'tokenizer_config.json')
  const most = hasFile(path) ? readJsonObject(path).model_max_length : undefined
  return Number.isSafeInteger(most) && (most as number) > 0 ? Math.min(maxLength, most as number) : maxLength
}
