import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { modelFolder } from '../folders/model-folder.ts'
import { makeFolder } from '../formats/make-folder.ts'
import { fileError, hasFile } from '../formats/read-file.ts'
import { removePartials } from './checkpoint.ts'
import type { TrainConfig } from './config.ts'
import { leavesOf } from './leaves.ts'
import { readSettings, settingsPath, storeSettings } from './stored-settings.ts'

const LOCK = 'in-use.json'

/**
 * Takes a folder for one training: what a killed process has left half written is removed, and the settings are compared with those
 * of before, or stored where nothing has been made by them. What decides the model, the data and their order has to be the same; all
 * else may change, though then the result is not that of an uninterrupted run. Returns what gives the folder back.
 * @throws GlassformerError ERR_OPTION naming each setting that has changed; ERR_FILE where this process or another one of this
 * machine trains into it, or it cannot be written
 */
export function takeRunFolder(folder: string, config: TrainConfig): () => void {
  makeFolder(folder)
  const release = lock(folder)
  try {
    for (const inside of ['.', 'origin', 'teacher', 'vocabulary', 'model', 'checkpoints'])
      removePartials(join(folder, inside))
    keepSettings(folder, config)
  } catch (error) {
    release()
    throw error
  }
  return release
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

interface Owner {
  pid: number
  host: string
  started: string | null
}

/**
 * The file alone decides, by whatever path and from whatever thread the folder is asked for. Best effort: a process on another machine is
 * not seen, and one that was killed does not count.
 */
function lock(folder: string): () => void {
  const path = join(folder, LOCK)
  const own: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  const text = JSON.stringify({ ...own, id: crypto.randomUUID() })
  try {
    if (hasFile(path)) removeLeft(path, folder)
    writeFileSync(path, text, { flag: 'wx' })
  } catch (cause) {
    throw fileError('write', path, cause)
  }
  return () => removeOwn(path, text)
}

/** Removes what a killed process has left. @throws GlassformerError ERR_FILE where it is not killed */
function removeLeft(path: string, folder: string): void {
  const owner = readOwner(path)
  if (owner && isAlive(owner)) {
    const who = owner.pid === process.pid ? 'this process' : `process ${owner.pid}`
    throw new GlassformerError(
      'ERR_FILE',
      `${folder}: ${who} is training into it; wait for it, or take another folder (if it is not, remove ${path})`,
    )
  }
  rmSync(path, { force: true })
}

/** Removes the file where it says `own`: it may have been removed by hand, and another training have begun. */
function removeOwn(path: string, own: string): void {
  try {
    if (readFileSync(path, 'utf8') === own) rmSync(path)
  } catch {
    // It has gone, or the folder can no longer be written. One that a process leaves behind does not count.
  }
}

function readOwner(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null // There is none, or it was killed while it wrote this.
  }
}

function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === startOf(pid) // else the number is another process's by now
}

/** When a process started, in the kernel's ticks (proc(5), field 22); null where that is not told. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return null
  }
}
