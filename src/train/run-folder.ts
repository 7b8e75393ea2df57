import { rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { modelFolder } from '../folders/model-folder.ts'
import { makeFolder } from '../formats/make-folder.ts'
import { hasFile } from '../formats/read-file.ts'
import { removePartials } from './checkpoint.ts'
import type { TrainConfig } from './config.ts'
import { lockFolder } from './folder-lock.ts'
import { leavesOf } from './leaves.ts'
import { readSettings, settingsPath, storeSettings } from './stored-settings.ts'

/** A folder that a training has taken. */
export interface RunFolder {
  /** Gives it back. */
  release(): void
  /** Removes it, and the folders above it, where this training has made them. */
  discard(): void
}

/**
 * Takes a folder for one training: what a killed process has left half written is removed, and the settings are compared with those
 * of before, or stored where nothing has been made by them. What decides the model, the data and their order has to be the same; all
 * else may change, though then the result is not that of an uninterrupted run.
 * @throws GlassformerError ERR_OPTION naming each setting that has changed; ERR_FILE where this process or another one of this
 * machine trains into it, or it cannot be written
 */
export function takeRunFolder(folder: string, config: TrainConfig): RunFolder {
  const missing = missingFolders(folder)
  const discard = () => removeMade(missing)
  let release = () => {}
  try {
    makeFolder(folder)
    release = lockFolder(folder)
    for (const inside of ['.', 'origin', 'teacher', 'vocabulary', 'model', 'checkpoints'])
      removePartials(join(folder, inside))
    keepSettings(folder, config)
  } catch (error) {
    release()
    discard()
    throw error
  }
  return { release, discard }
}

/** The folder and those above it that are not there, the innermost first. */
function missingFolders(folder: string): string[] {
  const missing: string[] = []
  for (let path = resolve(folder); !hasFile(path) && dirname(path) !== path; path = dirname(path)) missing.push(path)
  return missing
}

/** Removes folders that a training has made, the innermost with all that it has; what went wrong with the training is what is told. */
function removeMade([folder, ...above]: readonly string[]): void {
  if (folder === undefined) return
  try {
    rmSync(folder, { recursive: true, force: true })
    for (const path of above) rmdirSync(path)
  } catch {
    // It can no longer be written, or something else has been put there.
  }
}

/** Whether a training has made what depends on its settings: before that, a slip can be mended in the same folder. */
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

/** What cannot change on the way: the rest of the settings only says how to go on. Files of pairs may have moved. */
const DECIDING =
  /^from$|^data\.(?!\w+\.(path|source|target)$)|^(vocabulary|model)\.|^training\.(batchTokens|seed|optimizer|teacher)$/
const EMA = 'training.ema'
/** A program may have named these folders by another path than the command does. */
const FOLDERS = ['from', 'training.teacher']

/** By the names that settings have in their file. AdamW is Adam with a decay, and what an earlier version has stored calls it so. */
function deciding(config: TrainConfig): Map<string, string> {
  const all = leavesOf(JSON.parse(JSON.stringify(config)))
  const chosen = [...all].filter(([name]) => DECIDING.test(name))
  const text = (name: string, value: unknown) =>
    JSON.stringify(FOLDERS.includes(name) ? resolve(modelFolder(String(value))) : value === 'adamw' ? 'adam' : value)
  return new Map(chosen.map(([name, value]) => [name, text(name, value)])).set(EMA, all.get(EMA) ? 'on' : 'off')
}
