import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { argosMetadata, isArgosPackage } from '../../../files/folders/argos/package.ts'
import { fileError } from '../../../files/formats/disk/read-file.ts'
import type { GivenModel } from './given-models.ts'

/** The pivot language between packages. */
export const ARGOS_PIVOT = 'en'

/**
 * The packages of Argos Translate in a folder, files and unpacked folders, by names such as `fr-en`; of several for one
 * pair, the last in the order of names, which is the newest. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT;
 * ERR_OPTION where there is none
 */
export function argosModels(folder: string): Record<string, Exclude<GivenModel, string>> {
  const models: Record<string, Exclude<GivenModel, string>> = {}
  for (const path of packagesIn(folder)) {
    const { from, to } = argosMetadata(path)
    models[`${from}-${to}`] = { folder: path, source: from, target: to }
  }
  if (Object.keys(models).length) return models
  throw new GlassformerError(
    'ERR_OPTION',
    `${folder} has no packages of Argos Translate: give the folder in which .argosmodel files or unpacked packages lie`,
  )
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
