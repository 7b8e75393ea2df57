import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'

/** A pair of languages, by plain tags: fr, zh-Hant. */
export interface MemoryPair {
  source: string
  target: string
}

/** The folder of a client. The name of a key may have any letters; its digest is the name of a folder everywhere. */
export const memoryFolder = (folder: string, owner: string): string =>
  join(folder, owner === '' ? 'all' : createHash('sha256').update(owner).digest('hex').slice(0, 32))

/** The file of a client's memory. */
export const memoryPath = (folder: string, owner: string, { source, target }: MemoryPair): string =>
  join(memoryFolder(folder, owner), `${source}.${target}.memory`)

export const noMemory = ({ source, target }: MemoryPair) =>
  new GlassformerError('ERR_NOT_FOUND', `there is no memory from ${source} into ${target}`)
