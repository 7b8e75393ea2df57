import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { requireFrom } from '../../../base/package/package-folder.ts'
import type { Packed, PackedInt4, PackedInt8, ProgramSpec, TensorArray } from '../interface/backend.ts'
import { addonFileFlaw } from './addon-file.ts'
import { addonCandidates } from './platform.ts'

/** The whole surface of the native addon (native/addon/). Its errors are plain `Error`s with one of our codes. */
export interface Addon {
  info(): AddonInfo
  Player: new (options: AddonPlayerOptions) => AddonPlayer
  /** The number of bytes of `memory` before its first address that is a multiple of `step`. */
  firstMultiple(memory: Uint8Array, step: number): number
  /** Asks the system for huge pages under a store of zeros, as far as whole huge pages lie in it. */
  prepare(store: Float32Array): void
  /** See `Packing` of backend.ts. */
  packRows(packed: Packed, first: number, count: number, values: Float32Array): void
  packQuantized(packed: PackedInt8, first: number, values: Int8Array, scales: Float32Array): void
  packInt4(packed: PackedInt4, first: number, count: number, integers: Uint8Array, scales: Float32Array): void
  /** See `Mapping` of backend.ts. */
  mapFile(path: string, offset: number, bytes: number): ArrayBuffer | null
  checksum(values: Float32Array): string
  forget(values: Float32Array): void
}

export interface AddonInfo {
  /** 'openblas 0.3.21', 'accelerate' or 'none'. */
  blas: string
  /** Instruction sets that processor, system and binary have in common, lowest first. */
  isas: string[]
  /** The ops that the binary has: names, order and flags of their operands and attributes, as engine/program/declaration.ts writes them. */
  ops: string[]
  /** Cores that this process may use. */
  cores: number
  /** Whether the highest instruction set can multiply in bfloat16. */
  bfloat16: boolean
}

export interface AddonPlayerOptions {
  /** Maximum number of threads of a play: at least 1, and never more than `cores`. */
  threads: number
  /** One of `isas`; the default is the highest. */
  isa?: string
  /** With false our own kernels compute matrix products, even if there is a BLAS. Default true. The scalar set never uses BLAS. */
  blas?: boolean
  /** 'float32' (default) or 'bfloat16'. */
  products?: string
}

export interface AddonPlayer {
  readonly isa: string
  readonly threads: number
  /** Validates the whole program and returns its number. The weights are read in place and kept until `close`. */
  compile(program: ProgramSpec, weights: Float32Array): number
  /**
   * Plays on 1 to `threads` threads; the others sleep. Each array is an argument of its own, because looking one up in a list of arrays
   * takes a twentieth of a microsecond.
   */
  play(
    id: number,
    rows: Float64Array,
    threads: number,
    times: Float64Array | undefined,
    ...arrays: readonly TensorArray[]
  ): void
  /** Ends the threads and frees all memory. A second call does nothing. */
  close(): void
}

/** An addon that has been loaded and has every op. */
export interface LoadedAddon {
  addon: Addon
  info: AddonInfo
  /** The path of the addon. */
  binary: string
  /** The reasons why addons that were tried before this one were passed over. */
  passedOver: string[]
}

/** The result of the search: an addon, or every reason why there is none. */
export type AddonSearch = { loaded: LoadedAddon; reasons: [] } | { loaded: null; reasons: string[] }

/** Searches the places of platform.ts for an addon that has all of `ops` (signatures of engine/program/declaration.ts). */
export function findAddon(ops: Iterable<string>): AddonSearch {
  const reasons: string[] = []
  for (const candidate of addonCandidates()) {
    const result = 'path' in candidate ? tryLoad(candidate.path, [...ops]) : candidate.reason
    if (typeof result !== 'string') return { loaded: { ...result, passedOver: reasons }, reasons: [] }
    reasons.push(result)
  }
  return { loaded: null, reasons }
}

/**
 * The addon, with all of `ops`.
 * @throws GlassformerError ERR_BACKEND with every reason why none can be loaded.
 */
export function loadAddon(ops: Iterable<string>): LoadedAddon {
  const { loaded, reasons } = findAddon(ops)
  if (!loaded)
    throw new GlassformerError(
      'ERR_BACKEND',
      `the native backend cannot be loaded: ${reasons.join('; ')}. To build it: npx glassformer build`,
    )
  return loaded
}

/** The names that an addon exports; a binary of older sources lacks some names, or some ops. */
const surface: Record<keyof Addon, true> = {
  info: true,
  Player: true,
  firstMultiple: true,
  prepare: true,
  packRows: true,
  packQuantized: true,
  packInt4: true,
  mapFile: true,
  checksum: true,
  forget: true,
}

/** The name in the signature of an op. */
const nameOf = (signature: string) => signature.split('(', 1)[0]

/** Environment variable with the file that was checked last, also by the thread that started this one: a check takes milliseconds. */
const CHECKED = 'glassformer: the addon that was checked'

/** The reason why a file is no addon that can be loaded, or undefined. A file with another ending than .node is JavaScript, which tests load as an addon. */
function fileFlaw(binary: string): string | undefined {
  if (!binary.endsWith('.node')) return undefined
  const { ino, size, mtimeMs } = statSync(binary)
  const file = [binary, ino, size, mtimeMs].join()
  if (getEnvironmentData(CHECKED) === file) return undefined
  const flaw = addonFileFlaw(binary)
  if (!flaw) setEnvironmentData(CHECKED, file)
  return flaw
}

/** The addon at this path, or the reason why it cannot be loaded. */
function tryLoad(binary: string, ops: readonly string[]): Omit<LoadedAddon, 'passedOver'> | string {
  if (!existsSync(binary)) return `${binary} does not exist`
  try {
    const flaw = fileFlaw(binary)
    if (flaw) return `${binary} cannot be loaded: it ${flaw}`
    const addon = requireFrom(resolve(binary))(resolve(binary)) as Addon
    const there = addon.info?.().ops ?? []
    const has = new Set([...Object.keys(addon), ...there.map(nameOf)])
    const missing = [...Object.keys(surface), ...ops.map(nameOf)].filter((name) => !has.has(name))
    if (missing.length) return `${binary} is of another version, and lacks ${missing.join(', ')}: build it again`
    const other = ops.find((op) => !there.includes(op))
    if (other) {
      const its = there.find((op) => nameOf(op) === nameOf(other))
      return `${binary} is of another version: it has ${its}, where the op table has ${other}: build it again`
    }
    return { addon, info: addon.info(), binary }
  } catch (error) {
    if ((error as NodeJS.ErrnoException)?.code === 'ERR_DLOPEN_DISABLED')
      return `${binary} may not be loaded: node --permission needs --allow-addons for it, and --no-addons forbids it`
    return `${binary} cannot be loaded: ${messageOf(error)}`
  }
}
