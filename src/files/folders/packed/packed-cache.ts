import { readdirSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packageVersion } from '../../../base/package/package-folder.ts'
import type { Encoding, Player } from '../../../engine/backend/interface/backend.ts'
import { wantsPanels } from '../../../engine/weights/precision.ts'
import { makeFolder } from '../../../formats/disk/make-folder.ts'
import { ownCache } from '../../hub/environment.ts'
import { loadFolder } from '../load.ts'
import type { KeptWeights, MappedWeights } from '../load-model.ts'
import { CHECKED, mapChecked, mapPacked, readPackedHeader, writePacked } from './packed-file.ts'

/** How the weights of a folder are stored for a player: as it packs them, in a file of the cache where they are large. */
export const playerStorage = (player: Player, mapped: WhenMapped) => ({
  panels: wantsPanels(player.info),
  packing: player.packing,
  kept: packedCache(player, mapped),
})

/**
 * Sees to it that the packed weights of a folder are in the cache, as the folder stores them.
 * Returns their file; null where weights are not kept.
 */
export const packedFileOf = (folder: string, player: Player, mapped: WhenMapped): string | null =>
  loadFolder(folder, playerStorage(player, mapped)).mapped ?? null

/** Packed weights are kept from this size on: smaller ones are packed faster than a file is looked for and checked. */
const FEWEST_BYTES = 64 * 2 ** 20

/** When weights are kept: see the option `mapped`. */
export type WhenMapped = 'auto' | 'always' | 'never'

/** The folder of packed weights: `packed` in GLASSFORMER_CACHE, or in glassformer in the folder of caches; null where it is switched off. */
export const packedFolder = (env = process.env): string | null =>
  env.GLASSFORMER_CACHE === 'off' ? null : join(ownCache(env), 'packed')

/**
 * The packed weights of models in a cache on disk, for a player that can map files; undefined for another one. A cache that cannot be
 * read or written is the same as none. A file is used where its key, its size and the checksum of its weights are right; otherwise the model is
 * read from its folder, and the file is written again.
 */
export function packedCache({ mapping, info }: Player, when: WhenMapped): KeptWeights | undefined {
  const cache = packedFolder()
  if (!mapping || !cache || when === 'never') return undefined
  const isKept = (floats: number) => when === 'always' || 4 * floats >= FEWEST_BYTES
  const open = (path: string, key: string, floats: number): MappedWeights | null => {
    const values = mapPacked(path, { key, floats }, mapping)
    return values && { file: path, values }
  }
  return {
    find(folder, encoding, floats) {
      if (!isKept(floats)) return null
      return attempted(() => {
        const key = keyOf(folder, encoding, floats, info.isa)
        return open(join(cache, nameOf(folder, key)), key, floats)
      })
    },
    keep(folder, encoding, values) {
      if (!isKept(values.length)) return null
      return attempted(() => {
        const key = keyOf(folder, encoding, values.length, info.isa)
        const path = join(cache, nameOf(folder, key))
        makeFolder(cache)
        removeStale(cache, folder)
        const checksum = mapping.checksum(values)
        writePacked(path, { key, folder: realpathSync(folder), floats: values.length, checksum }, values)
        const mapped = mapChecked(path, values.length, mapping)
        if (!mapped) return null
        mapping.forget(values)
        return { file: path, values: mapped }
      })
    },
  }
}

/** The result, or null where the system refuses something. */
function attempted<T>(action: () => T): T | null {
  try {
    return action()
  } catch {
    return null
  }
}

/** The name of a file; the key itself is compared as well. Node's own digests would take 5 ms to load. */
function nameOf(folder: string, key: string): string {
  let [low, high] = [1, 2]
  for (let i = 0; i < key.length; i++) {
    low = Math.imul(low ^ key.charCodeAt(i), 0x01000193)
    high = Math.imul(high ^ key.charCodeAt(i), 0x85ebca6b) ^ (high >>> 15)
  }
  const hex = [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  return `${basename(folder)}-${hex}.packed`
}

/** Everything that packed weights depend on: the files of the folder, the encoding, the instruction set, and this version. */
function keyOf(folder: string, encoding: Encoding, floats: number, isa: string): string {
  const [version, place] = [packageVersion(), realpathSync(folder)]
  return JSON.stringify({ version, folder: place, encoding, floats, isa, files: filesOf(folder) })
}

/** The files of a model with what changes when they are written: a folder's, those of its subfolder `model`, or a package by itself. */
function filesOf(folder: string): unknown[] {
  const described = (name: string, { size, mtimeMs, ctimeMs, ino }: Stats) => [name, size, mtimeMs, ctimeMs, ino]
  const whole = statSync(folder)
  if (!whole.isDirectory()) return [described('', whole)]
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const stats = statSync(join(folder, name))
      if (!stats.isDirectory()) return [described(name, stats)]
      return name === 'model' ? filesOf(join(folder, name)) : []
    })
}

/** Removes the packed weights of a folder that has changed since, and of folders that are gone. */
function removeStale(cache: string, folder: string): void {
  const current = realpathSync(folder)
  for (const name of readdirSync(cache).filter((name) => name.endsWith('.packed'))) {
    const path = join(cache, name)
    const of = attempted(() => readPackedHeader(path))
    const age = attempted(() => statSync(path).mtimeMs)
    const changed = attempted(() => Math.max(...filesOf(of?.folder ?? '').map((file) => (file as number[])[3])))
    const isGone = of !== null && changed === null
    const isOld = of?.folder === current && age !== null && changed !== null && changed > age
    if (isGone || isOld) for (const each of [path, path + CHECKED]) rmSync(each, { force: true })
  }
}
