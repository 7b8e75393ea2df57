import { GlassformerError } from '../../base/errors.ts'
import type { SourceName } from '../hub/source-name.ts'
import type { RegistryFile, RegistryModel } from './entries.ts'

/** The model that a name means: without a variant the released one of the highest COMET, or of Argos's the newest. */
export function chosenModel(
  models: readonly RegistryModel[],
  { source, from, to, variant }: SourceName,
): RegistryModel {
  const pair = models.filter((model) => model.from === from && model.to === to)
  const named = variant === undefined ? pair : pair.filter((model) => model.variant === variant)
  const [first] = named.toSorted(better)
  if (first && (first.isReleased || variant !== undefined)) return first
  const others = pair.map(({ name }) => name).join(', ')
  throw new GlassformerError(
    'ERR_HUB',
    `${source} has no model ${from}-${to}${variant === undefined ? ' that was released' : `/${variant}`}${others && `, and has ${others}`}: glassformer models --source ${source} lists what there is`,
  )
}

/** Released models come first, then those of a higher COMET, then newer versions: 1.10 before 1.9. */
export const better = (a: RegistryModel, b: RegistryModel): number =>
  Number(b.isReleased) - Number(a.isReleased) ||
  (b.quality.comet22 ?? 0) - (a.quality.comet22 ?? 0) ||
  b.variant.localeCompare(a.variant, 'en', { numeric: true })

/** Bergamot's settings (config.yml) of one of Firefox's models. */
export function bergamotSettings(files: readonly RegistryFile[]): string {
  const names = files.map(({ name }) => name)
  const model = names.filter((name) => name.startsWith('model'))
  const vocabularies = names.filter((name) => name.endsWith('.spm')).sort() // srcvocab before trgvocab
  const shortlist = names.filter((name) => name.startsWith('lex'))
  const list = (key: string, values: readonly string[]) =>
    values.length ? `${key}:\n${values.map((value) => `  - ${value}\n`).join('')}` : ''
  return [
    list('models', model),
    list('vocabs', vocabularies.length === 1 ? [...vocabularies, ...vocabularies] : vocabularies),
    list('shortlist', shortlist.length ? [shortlist[0], 'false'] : []),
    'beam-size: 1\nnormalize: 1.0\nmax-length-factor: 2.0\n',
  ].join('')
}
