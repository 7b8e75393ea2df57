import { GlassformerError } from '../../base/errors.ts'
import { optionsFrom } from '../../base/schema/place.ts'
import { checkIds } from '../../engine/decode/check-ids.ts'
import type { Shortlist } from '../../engine/decode/step/index.ts'
import type { Folder } from '../../formats/disk/folder.ts'
import { openModelTensors } from '../../formats/tensors/model-tensors.ts'
import { SINGLE_FILE, weightFiles } from '../../formats/tensors/safetensors-header.ts'
import { familyOf } from './families/families.ts'
import { settingsFileOf } from './layout/huggingface.ts'
import type { FolderContents, FolderSettings } from './layout/loaded-model.ts'
import { readShortlist, SHORTLIST_FILE } from './layout/shortlist-file.ts'
import { storedNames } from './tensors/weight-names.ts'

/** Reads a folder except its weights, from any kind of storage; model_type in config.json selects the layout. */
export function readModelFolder(folder: Folder): FolderContents {
  const json = folder.json('config.json')
  const family = familyOf(json.model_type, folder.at('config.json'))
  checkHasWeights(folder)
  const contents = family.read(folder, json)
  checkIds(contents.generation, contents.config, optionsFrom(folder.at(settingsFileOf(folder))))
  const { config } = contents
  return {
    ...contents,
    names: (weights, stored) => storedNames(family.names(config), config, weights, stored),
    openTensors: () => {
      const source = openModelTensors(folder)
      return family.tensors?.read(source) ?? source
    },
    readShortlist: () => shortlistOf(folder, contents),
    hasConfigJson: true,
  }
}

function shortlistOf(
  folder: Folder,
  { config, generation }: Pick<FolderSettings, 'config' | 'generation'>,
): Shortlist | null {
  const shortlist = readShortlist(folder, config)
  if (generation.shortlist && !shortlist)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder.at(SHORTLIST_FILE)} is missing, and generation.shortlist in config.json asks for it: copy it there, or take that setting out`,
    )
  return shortlist
}

/** Weight formats that this package does not read, and the way to convert them to safetensors. */
const otherForms: Readonly<Record<string, string>> = {
  'tf_model.h5': 'TensorFlow',
  'flax_model.msgpack': 'Flax',
}

function checkHasWeights(folder: Folder): void {
  if (weightFiles.some((file) => folder.has(file))) return
  for (const [file, framework] of Object.entries(otherForms))
    if (folder.has(file))
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${folder.at(file)}: weights of ${framework} cannot be read; convert them to safetensors, in Python with ` +
          `AutoModelForSeq2SeqLM.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)`,
      )
  throw new GlassformerError(
    'ERR_FILE',
    `${folder.at(SINGLE_FILE)} is missing (and so are ${weightFiles.slice(1).join(', ')}): the folder has no weights`,
  )
}
