import { join } from 'node:path'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import { fileState } from '../../../formats/disk/read-file.ts'
import { adapterFolder } from './adapter-folder.ts'
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
