import { join, resolve } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import { DiskFolder } from '../../../formats/disk/disk-folder.ts'
import { fileState, hasFile } from '../../../formats/disk/read-file.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { FolderContents } from '../layout/loaded-model.ts'
import { checkedWeights } from '../tensors/fill-weights.ts'
import { mergedTensors } from './merged-tensors.ts'
import { ADAPTER_CONFIG } from './peft-config.ts'
import { adapterFiles } from './peft-folder.ts'
import { readAdapter } from './read-adapter.ts'

/** Folders of adapters on disk. */
export interface AdapterFolders {
  /** A text that differs once the files of an adapter have changed; null where there is no adapter. */
  stateOf(folder: string): string | null
  /** @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
  read(folder: string, name: string, config: ModelConfig): Adapter
}

export const adapterFolders: AdapterFolders = {
  stateOf(folder) {
    const states = [ADAPTER_CONFIG, ...adapterFiles].map((file) => fileState(join(folder, file)))
    return states[0] === null ? null : states.join()
  },
  read: (folder, name, config) => readAdapter(adapterFolder(folder), name, config),
}

/** The folder of an adapter on disk. @throws GlassformerError ERR_FILE where there is none */
export function adapterFolder(path: string): DiskFolder {
  const folder = resolve(path)
  if (hasFile(join(folder, ADAPTER_CONFIG))) return new DiskFolder(folder)
  throw new GlassformerError(
    'ERR_FILE',
    `${folder} is no folder of an adapter: there is no ${ADAPTER_CONFIG} in it, which PEFT and glassformer train --lora write`,
  )
}

/** The weights of a folder, with the adapter of another folder merged into them where one is given. @throws as `mergedTensors` */
export function openMerged({ config, names, openTensors }: FolderContents, adapter?: string): TensorSource {
  const source = openTensors()
  if (adapter === undefined) return source
  try {
    const { parameters } = checkedWeights(config, source, names)
    return mergedTensors(source, parameters, config, adapterFolder(adapter))
  } catch (error) {
    source.close()
    throw error
  }
}
