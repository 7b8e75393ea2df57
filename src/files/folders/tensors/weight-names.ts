import { entryOf } from '../../../base/present.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { outputNames } from '../../../engine/model/layers/embedding.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import type { StoredNames } from './fill-weights.ts'

/** The names of the model's weights in a family's folders. */
export interface WeightNames {
  /**
   * Stored names by our own names: by a weight's name, or by the name of its module, where `*` stands for the number of
   * a layer. Where several names are listed, the first one in the folder is read, and tensors under the others must
   * equal it. A weight that is not listed is stored under our own name.
   */
  stored: Readonly<Record<string, string | readonly string[]>>
  /** Stored tensors that are ignored, because they can be recomputed. */
  ignored: readonly string[]
  /** Weights that default to zeros. */
  optional: readonly string[]
  /** Whether these are not written either: a bias of keys adds the same to all scores of a query, which softmax takes out. */
  leavesOut?: boolean
  /** Vectors stored as a matrix of one row. */
  asRow: readonly string[]
  /** Weights written under all of their names, because transformers 5 reads each name separately. */
  separate?: readonly string[]
  /** The prefix of names in most folders, absent in those of a model stored without its output projection. */
  prefix?: string
}

/** The names in a folder with the tensors `stored`, for a model with these weights. */
export function storedNames(
  family: WeightNames,
  config: ModelConfig,
  weights: readonly Parameter[],
  stored: ReadonlySet<string>,
): StoredNames {
  const names = withoutPrefix(family, stored) ?? family
  const all = new Map(weights.map(({ name }) => [name, namesOf(names, name)]))
  // An output projection that is an embedding may also be stored as the projection.
  if (config.tiedOutput && names.stored['output.weight'])
    all.get(outputNames(config).weight)?.push(...namesOf(names, 'output.weight'))
  const original = (several: readonly string[]) => several.find((name) => stored.has(name)) ?? several[0]
  const extras = new Map<string, string | null>(names.ignored.map((name) => [name, null]))
  for (const several of all.values())
    for (const name of several) if (name !== original(several)) extras.set(name, original(several))
  const copies = (names.separate ?? []).flatMap((weight) => {
    const several = all.get(weight)
    return several ? [[original(several), several.filter((name) => name !== original(several))] as const] : []
  })
  return {
    extras,
    copies: new Map(copies),
    of({ name }) {
      const found = original(entryOf(all, name))
      return names.optional.includes(name) && !stored.has(found) ? null : found
    },
  }
}

/** The names in a folder without the prefix; null for any other folder. */
function withoutPrefix({ prefix, ...names }: WeightNames, stored: ReadonlySet<string>): WeightNames | null {
  if (prefix === undefined || [...stored].some((name) => name.startsWith(prefix))) return null
  const bare = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)
  const renamed = Object.entries(names.stored).map(([own, several]) => [own, [several].flat().map(bare)])
  return { ...names, stored: Object.fromEntries(renamed), ignored: names.ignored.map(bare) }
}

/** The possible names of a weight in a folder of the family, the name to write first. */
export function namesOf({ stored }: WeightNames, weight: string): string[] {
  const layer = /\.(\d+)\./.exec(weight)?.[1]
  const general = weight.replace(/\.\d+\./, '.*.')
  const [module, kind] = [general.slice(0, general.lastIndexOf('.')), general.slice(general.lastIndexOf('.'))]
  const whole = stored[general]
  const found = whole ? [whole].flat() : [stored[module] ?? module].flat().map((name) => `${name}${kind}`)
  return found.map((name) => (layer === undefined ? name : name.replace('*', layer)))
}
