import { rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { FIRST_ADAPTER } from './lora/first-adapter.ts'
import type { TrainConfig } from './settings/config.ts'
import { readSettings, settingsPath, storeSettings } from './settings/stored-settings.ts'
import { removePartials } from './state/checkpoint.ts'
import { leavesOf } from './state/checksums.ts'
import { lockFolder } from './state/folder-lock.ts'

/** A folder that is locked for a training. */
export class RunFolder {
  /** Unlocks the folder. */
  readonly release: () => void
  /** The folders that this training has created, the innermost first. */
  #made: readonly string[]

  constructor(release: () => void = () => {}, made: readonly string[] = []) {
    this.release = release
    this.#made = made
  }

  /** Keeps the folder however the training ends: `discard` has no effect any more. */
  keep(): void {
    this.#made = []
  }

  /** Removes the folder, and the folders above it, if this training has created them. */
  discard(): void {
    removeMade(this.#made)
  }
}

/**
 * Locks a folder for one training. Files that a killed process has left half written are removed. The settings are
 * compared with the settings stored in the folder, or stored if no files depend on the old ones. Settings that
 * determine the model, the data and their order must be the same; all others may change, although the result then
 * differs from that of an uninterrupted run.
 * @throws GlassformerError ERR_OPTION naming each setting that has changed; ERR_FILE if this process or another process
 * of this machine trains into the folder, or the folder cannot be written
 */
export async function takeRunFolder(folder: string, config: TrainConfig): Promise<RunFolder> {
  const missing = missingFolders(folder)
  let release = () => {}
  try {
    makeFolder(folder)
    release = await lockFolder(folder)
    for (const inside of ['.', 'origin', 'teacher', 'vocabulary', 'model', FIRST_ADAPTER, 'adapter', 'checkpoints'])
      removePartials(join(folder, inside))
    keepSettings(folder, config)
  } catch (error) {
    release()
    removeMade(missing)
    throw error
  }
  return new RunFolder(release, missing)
}

/** The missing folders on the path to the folder, the innermost first. */
function missingFolders(folder: string): string[] {
  const missing: string[] = []
  for (let path = resolve(folder); !hasFile(path) && dirname(path) !== path; path = dirname(path)) missing.push(path)
  return missing
}

/**
 * Removes folders that a training has created, the innermost with all its files. Errors are ignored, because the
 * failure of the training is the error to report.
 */
function removeMade([folder, ...above]: readonly string[]): void {
  if (folder === undefined) return
  try {
    rmSync(folder, { recursive: true, force: true })
    for (const path of above) rmdirSync(path)
  } catch {
    // The folder can no longer be written, or another process has put something there.
  }
}

/**
 * Whether a training has written files that depend on its settings. Before that, wrong settings can be corrected in the
 * same folder.
 */
export const hasMade = (folder: string): boolean =>
  ['vocabulary', 'origin', 'teacher', 'checkpoints'].some((name) => hasFile(join(folder, name)))

function keepSettings(folder: string, config: TrainConfig): void {
  const stored = readSettings(folder)
  if (stored && hasMade(folder)) {
    const before = deciding(stored)
    const now = deciding(config)
    const changes = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name))
    if (changes.length)
      throw new GlassformerError(
        'ERR_OPTION',
        `${changes.map((name) => `${name} was ${before.get(name) ?? 'not set'} and is ${now.get(name) ?? 'not set'}`).join(', ')}: ` +
          `the training of ${settingsPath(folder)} cannot go on so; set it back, or train into another folder`,
      )
  } else storeSettings(folder, config)
}

/**
 * The settings that cannot change during a run; the other settings only determine how to continue. Files of pairs and
 * names may have moved.
 */
const DECIDING =
  /^from$|^data\.(?!\w+\.(path|source|target|nameList)$)|^(vocabulary|model)\.|^lora\.(?!dropout$)|^training\.(batchTokens|seed|optimizer|teacher)$/
const EMA = 'training.ema'
/** The settings that name folders: a program may use other paths for them than the command does. */
const FOLDERS = ['from', 'training.teacher']

/**
 * The settings that cannot change, by their names in the file. AdamW is Adam with a decay, and files of earlier
 * versions call it Adam.
 */
function deciding(config: TrainConfig): Map<string, string> {
  const all = leavesOf(JSON.parse(JSON.stringify(config)))
  const chosen = [...all].filter(([name]) => DECIDING.test(name))
  const text = (name: string, value: unknown) =>
    JSON.stringify(FOLDERS.includes(name) ? resolve(modelFolder(String(value))) : value === 'adamw' ? 'adam' : value)
  return new Map(chosen.map(([name, value]) => [name, text(name, value)])).set(EMA, all.get(EMA) ? 'on' : 'off')
}
