import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { isArgosPackage } from '../../../files/folders/argos/is-argos-package.ts'
import { argosMetadata } from '../../../files/folders/argos/package.ts'
import { fileError } from '../../../formats/disk/read-file.ts'
import type { GivenModel } from './given-models.ts'

/** The pivot language between packages. */
export const ARGOS_PIVOT = 'en'

/**
 * The packages of Argos Translate in a folder, files and unpacked folders, by names such as `fr-en`; of several for one
 * pair, the newest by its version. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT;
 * ERR_OPTION where there is none
 */
export function argosModels(folder: string): Record<string, Exclude<GivenModel, string>> {
  const models: Record<string, Exclude<GivenModel, string>> = {}
  const newest = new Map<string, readonly number[]>()
  for (const path of packagesIn(folder)) {
    const { from, to, version } = argosMetadata(path)
    const pair = `${from}-${to}`
    if (isOlder(version, newest.get(pair))) continue
    newest.set(pair, version)
    models[pair] = { folder: path, source: from, target: to }
  }
  if (Object.keys(models).length) return models
  throw new GlassformerError(
    'ERR_OPTION',
    `${folder} has no packages of Argos Translate: give the folder in which .argosmodel files or unpacked packages lie`,
  )
}

/** Whether a version comes before another: 1.9 before 1.10. */
function isOlder(version: readonly number[], than: readonly number[] = []): boolean {
  const at = than.findIndex((number, place) => number !== (version[place] ?? 0))
  return at >= 0 && (version[at] ?? 0) < than[at]
}

function packagesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
      .filter(isArgosPackage)
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
}
