import { existsSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import type { TranslationMemory } from '../../language/memory/index.ts'

/** The memory in a file; undefined where none is named. @throws GlassformerError ERR_FILE, ERR_INPUT */
export async function openMemory(path: string | undefined): Promise<TranslationMemory | undefined> {
  if (path === undefined) return undefined
  if (!existsSync(path))
    throw new GlassformerError(
      'ERR_FILE',
      `there is no memory ${path}: glassformer memory ${path} --import FILE.tmx makes one`,
    )
  const { TranslationMemory } = await import('../../language/memory/index.ts')
  return TranslationMemory.open(path)
}
