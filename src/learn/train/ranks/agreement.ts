import { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
import { packageVersion } from '../../../base/package/package-folder.ts'
import type { TrainConfig } from '../settings/config.ts'
import { hashOf, leavesOf } from '../state/checksums.ts'
import type { Ranks } from './ranks.ts'

/** Values that must agree in all ranks, by the names that messages use. */
export type Facts = ReadonlyMap<string, unknown>

/**
 * Compares the values of the ranks.
 * @throws GlassformerError `code` in all ranks, naming the first rank that differs from rank 0, and the value in which
 * it differs
 */
export async function agree(ranks: Ranks, facts: Facts, code: ErrorCode, advice: string): Promise<void> {
  if (ranks.size === 1) return
  const [first, ...others] = await ranks.all(new Map(facts))
  others.forEach((its, k) => {
    const names = [...new Set([...first.keys(), ...its.keys()])]
    const differing = names.filter((name) => text(first.get(name)) !== text(its.get(name)))
    if (differing.length)
      throw new GlassformerError(
        code,
        `rank ${k + 1} of ${ranks.size} has not what rank 0 has: ` +
          `${differing.map((name) => `${name} is ${text(its.get(name))}, and ${text(first.get(name))} in rank 0`).join('; ')}. ${advice}`,
      )
  })
}

const text = (value: unknown) => (value === undefined ? 'not set' : JSON.stringify(value))

/** Files may lie at different places on different machines; their contents are compared instead. */
const PATHS = /^data\.(train|validation|mix)\.(path|source|target)$|^data\.augment\.nameList$/

/** The versions and the settings of a training. */
export function settingsFacts(config: TrainConfig): Facts {
  const settings = [...leavesOf(JSON.parse(JSON.stringify(config)))].filter(([name]) => !PATHS.test(name))
  return new Map([
    ['the version of glassformer', packageVersion()],
    ['the version of Node.js', process.version],
    ...settings,
  ])
}

/** The SHA-256 of each file that the training reads. @throws GlassformerError ERR_FILE */
export function dataFacts({ train, validation, mix, augment }: TrainConfig['data']): Facts {
  const files = new Map<string, string>()
  const add = (name: string, path: string) => files.set(`the SHA-256 of ${name}`, hashOf(path))
  for (const [name, corpus] of Object.entries({ train, validation, mix }))
    for (const [field, path] of Object.entries(corpus ?? {}))
      if (PATHS.test(`data.${name}.${field}`)) add(`data.${name}.${field}`, String(path))
  if (augment?.nameList !== undefined) add('data.augment.nameList', augment.nameList)
  return files
}
