import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { toHuggingFace } from '../generation/generation-json.ts'
import { readGlassformerConfig } from '../layout/glassformer-config.ts'
import type { FolderSettings } from '../layout/loaded-model.ts'
import { readTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'

/** Our own layout (docs/model-format.md): every choice of a model is a key of config.json, and every weight has our name. */
export const glassformer: Family = {
  modelTypes: ['glassformer'],
  classes: [],
  read: readGlassformer,
  names: () => ({ stored: {}, ignored: [], optional: [], asRow: [] }),
}

function readGlassformer(folder: Folder, json: JsonObject): FolderSettings {
  const { model, tokenizer, ...rest } = readGlassformerConfig(json, folder.at('config.json'))
  const { generation, unsupported } = rest
  const settings = {
    ...toHuggingFace(model, generation),
    ...Object.fromEntries(unsupported.map(({ name, value }) => [name, value])),
  }
  return { config: model, settings, tokenizer: readTokenizerFiles(folder, tokenizer), ...rest }
}
