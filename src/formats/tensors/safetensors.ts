import { checkPath } from '../../base/path-of.ts'
import { openDiskFile } from '../disk/disk-file.ts'
import { SafetensorsFile } from './safetensors-file.ts'

/**
 * Opens a safetensors file; see `SafetensorsFile`. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_OPTION for
 * a value that is not a path
 */
export function openSafetensors(path: string): SafetensorsFile {
  checkPath('a safetensors file', path)
  return new SafetensorsFile(openDiskFile(path))
}
