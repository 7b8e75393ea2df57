import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, hostname } from 'node:os'
import { crc32 } from 'node:zlib'
import { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
import { packageVersion } from '../../../base/package/package-folder.ts'
import type { PlayerInfo } from '../../../engine/backend/interface/backend.ts'
import type { TrainConfig } from '../settings/config.ts'
import { hashOf, leavesOf } from '../state/checksums.ts'
import type { Ranks } from './ranks.ts'

/**
 * Checks that all ranks have the same bits.
 * @throws GlassformerError ERR_TRAINING in all ranks, naming the first rank that has others, and the array
 */
export async function checkSameArrays(
  ranks: Ranks,
  arrays: Readonly<Record<string, Float32Array>>,
  when: string,
): Promise<void> {
  if (ranks.size === 1) return
  const sums = Object.entries(arrays).map(([name, values]) => ({ name, sum: checksum(values) }))
  const [first, ...others] = await ranks.all(sums)
  others.forEach((its, k) => {
    const differing = its.filter(({ sum }, i) => sum !== first[i].sum).map(({ name }) => name)
    if (differing.length)
      throw new GlassformerError(
        'ERR_TRAINING',
        `${when}: rank ${k + 1} of ${ranks.size} has other values of ${differing.join(', ')} than rank 0, which should be the same to the ` +
          'bit: its processor, its libraries or its memory must differ or be at fault; the checkpoints are whole',
      )
  })
}

/** The largest number of bytes of a typed array in one call. */
const CHUNK = 2 ** 30

function checksum(values: Float32Array): number {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let sum = 0
  for (let at = 0; at < bytes.length; at += CHUNK) sum = crc32(bytes.subarray(at, at + CHUNK), sum)
  return sum
}

/** @throws GlassformerError ERR_OPTION if the ranks have other settings or versions */
export const agreeOnSettings = (ranks: Ranks, config: TrainConfig): Promise<void> =>
  agree(
    ranks,
    () => settingsFacts(config),
    'ERR_OPTION',
    'Give all ranks the same settings, and install the same versions',
  )

/** @throws GlassformerError ERR_INPUT if the ranks read other files */
export const agreeOnData = (ranks: Ranks, { data }: TrainConfig): Promise<void> =>
  agree(ranks, () => dataFacts(data), 'ERR_INPUT', 'Give all ranks the same files')

/** Other instructions or libraries would round differently. @throws GlassformerError ERR_OPTION */
export const agreeOnPlayer = (ranks: Ranks, { backend, isa, products, blas }: PlayerInfo): Promise<void> =>
  agree(
    ranks,
    () => new Map(Object.entries({ backend, 'instruction set': isa, precision: products, BLAS: blas })),
    'ERR_OPTION',
    'Set --backend, --precision and GLASSFORMER_ISA to what all machines have',
  )

/** Values that must agree in all ranks, by the names that messages use. */
type Facts = ReadonlyMap<string, unknown>

/**
 * Compares the values of the ranks.
 * @throws GlassformerError `code` in all ranks, naming the first rank that differs from rank 0, and the value in which
 * it differs
 */
async function agree(ranks: Ranks, facts: () => Facts, code: ErrorCode, advice: string): Promise<void> {
  if (ranks.size === 1) return
  const [first, ...others] = await ranks.all(new Map(facts()))
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
function settingsFacts(config: TrainConfig): Facts {
  const settings = [...leavesOf(JSON.parse(JSON.stringify(config)))].filter(([name]) => !PATHS.test(name))
  return new Map([
    ['the version of glassformer', packageVersion()],
    ['the version of Node.js', process.version],
    ...settings,
  ])
}

/** The SHA-256 of each file that the training reads. @throws GlassformerError ERR_FILE */
function dataFacts({ train, validation, mix, augment }: TrainConfig['data']): Facts {
  const files = new Map<string, string>()
  const add = (name: string, path: string) => files.set(`the SHA-256 of ${name}`, hashOf(path))
  for (const [name, corpus] of Object.entries({ train, validation, mix }))
    for (const [field, path] of Object.entries(corpus ?? {}))
      if (PATHS.test(`data.${name}.${field}`)) add(`data.${name}.${field}`, String(path))
  if (augment?.nameList !== undefined) add('data.augment.nameList', augment.nameList)
  return files
}

/**
 * The default threads of each rank: the cores that this process may use, divided by the number of ranks that may use
 * the same ones. mpirun binds ranks to cores of their own if there are enough.
 */
export async function threadsEach(ranks: Ranks): Promise<number> {
  const own = `${hostname()} ${allowedCores()}`
  const sharing = (await ranks.all(own)).filter((other) => other === own).length
  return Math.max(1, Math.floor(availableParallelism() / sharing))
}

/**
 * The number of this machine's cores that its ranks may use together, if mpirun has bound the ranks to so few that some
 * are left over: Open MPI binds two ranks to a core each, however many there are. Null if none is left over.
 */
export function boundCores({
  OMPI_MCA_orte_bound_at_launch: isBound,
  OMPI_COMM_WORLD_LOCAL_SIZE: here,
}: NodeJS.ProcessEnv) {
  const together = availableParallelism() * Number(here)
  return isBound && together < cpus().length ? { together, all: cpus().length } : null
}

/** The cores that this process may use, as Linux lists them ('0-3'); empty if the system does not report them. */
function allowedCores(): string {
  try {
    return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
