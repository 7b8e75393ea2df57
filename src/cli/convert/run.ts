import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { sizeText } from '../../base/values/number-text.ts'
import { type Exported, exportingFolder } from '../../files/folders/export.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { writingOwnLayout } from '../../files/folders/rewrite-folder.ts'
import type { StoredFloat } from '../../files/folders/tensors/stored-dtype.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { finished } from '../terminal/steps.ts'
import type { ConvertCommandOptions } from './options.ts'

/** `glassformer convert`: writes the folder and describes the result. */
export async function convertModel(model: string, command: ConvertCommandOptions): Promise<void> {
  const { to, output, dtype, force, json, tokenizer, mergeAdapter: adapter } = command
  if (!force && hasFile(join(output, 'config.json')))
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} holds a model already: give another folder, or --force to write over it`,
    )
  let written: Exported = { modelType: 'glassformer', withoutTokenizer: false }
  if (to === 'glassformer') await finished(writingOwnLayout(model, output, dtype, { tokenizer, adapter }))
  else written = await finished(exportingFolder(model, output, dtype as StoredFloat, { tokenizer, adapter }))
  const { storedAs, bytes } = loadFolder(output)
  if (json) console.log(JSON.stringify({ folder: output, ...written, storedAs, bytes }))
  else console.log(`${output}: ${written.modelType}, ${storedAs}, ${sizeText(bytes)}`)
  if (written.withoutTokenizer)
    console.error('The tokenizer was left out: transformers has none like it. The model takes ids.')
}
