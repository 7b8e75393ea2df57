import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { DiskFolder } from '../../../formats/disk/disk-folder.ts'
import { fileError } from '../../../formats/disk/read-file.ts'
import type { EncoderStorage } from './read-encoder.ts'
import { type LoadedEncoder, readEncoder } from './read-encoder-folder.ts'

/** Loads an encoder's folder from disk. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED */
export function loadEncoder(path: string, storage: EncoderStorage = {}): LoadedEncoder {
  const full = resolve(path)
  try {
    statSync(full)
  } catch (cause) {
    throw fileError('read the model folder', full, cause)
  }
  return readEncoder(
    new DiskFolder(full),
    { path: full, name: basename(full) },
    (name) => new DiskFolder(join(full, name)),
    storage,
  )
}
