import { join, resolve } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { DiskFolder } from '../../../formats/disk/disk-folder.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { ADAPTER_CONFIG } from './peft-config.ts'

/** The folder of an adapter on disk. @throws GlassformerError ERR_FILE where there is none */
export function adapterFolder(path: string): DiskFolder {
  const folder = resolve(path)
  if (hasFile(join(folder, ADAPTER_CONFIG))) return new DiskFolder(folder)
  throw new GlassformerError(
    'ERR_FILE',
    `${folder} is no folder of an adapter: there is no ${ADAPTER_CONFIG} in it, which PEFT and glassformer train --lora write`,
  )
}
