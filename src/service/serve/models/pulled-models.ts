import { GlassformerError } from '../../../base/errors.ts'
import { installedModels, type ModelSource } from '../../../files/registry/index.ts'
import { downloadedFolder } from '../../../use/translate/calls/index.ts'
import type { LoadOptions } from '../../../use/translate/options/options.ts'
import type { GivenModel, GivenModels } from './given-models.ts'

/**
 * The models that were pulled from a source, or from all, by their names; the best of each pair.
 * @throws GlassformerError ERR_OPTION where there is none
 */
export function pulledModels(source: ModelSource | 'all'): Record<string, Exclude<GivenModel, string>> {
  const models: Record<string, Exclude<GivenModel, string>> = {}
  const served = new Set<string>()
  for (const model of installedModels()) {
    if (source !== 'all' && model.source !== source) continue
    const pair = `${model.source}/${model.from}-${model.to}`
    if (served.has(pair)) continue
    served.add(pair)
    models[pair] = { folder: model.path, source: model.from, target: model.to }
  }
  if (served.size) return models
  throw new GlassformerError(
    'ERR_OPTION',
    `no model${source === 'all' ? '' : ` of ${source}`} is here: pull those that are to be served, as in glassformer pull firefox/fr-en`,
  )
}

/** Downloads the models of a server that are not here yet. @throws GlassformerError as `pull` */
export async function downloadMissing(models: GivenModels, load: LoadOptions = {}): Promise<void> {
  const entries: readonly GivenModel[] = Array.isArray(models) ? models : Object.values(models)
  for (const given of entries) {
    const { folder, download = load.download } =
      typeof given === 'string' ? { folder: given } : (given as LoadOptions & { folder?: string })
    if (download && folder !== undefined) await downloadedFolder(folder.replace(/^[\w.-]+=/, ''))
  }
}
