import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelConfig } from '../../../engine/model/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
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
    if (!statSync(join(folder, ADAPTER_CONFIG), { throwIfNoEntry: false })) return null
    return [ADAPTER_CONFIG, ...adapterFiles]
      .map((file) => {
        const found = statSync(join(folder, file), { throwIfNoEntry: false, bigint: true })
        return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : ''
      })
      .join()
  },
  read: (folder, name, config) => readAdapter(adapterFolder(folder), name, config),
}
