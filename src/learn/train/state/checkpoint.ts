import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { makeFolder } from '../../../formats/disk/make-folder.ts'
import { fileError, hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { partialName, replaceText, syncFolder } from '../../../formats/disk/replace-file.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { openSafetensors } from '../../../formats/tensors/safetensors.ts'
import { writeSafetensors } from '../../../formats/tensors/safetensors-writer.ts'
import { checkFiles, writeChecksums } from './checksums.ts'

/** Complete state of a run, from which it can be resumed: arrays by name, and plain data as JSON. */
export interface Checkpoint {
  step: number
  arrays: Record<string, Float32Array>
  state: JsonObject
}

/** The plain data of a checkpoint, and the file `path` that holds it; messages name that file. */
export interface StoredState {
  values: JsonObject
  path: string
}

const NAME = /^step-(\d{8,})$/
const ARRAYS = 'arrays.safetensors'
const STATE = 'state.json'
const PARTIAL = /^\..*\.partial$/
const nameOf = (step: number) => `step-${String(step).padStart(8, '0')}`

/**
 * Writes a checkpoint as a folder. The folder is written under another name, synced and then renamed, so that a folder
 * of the final name is complete whenever the machine stops. An existing checkpoint stays.
 * @throws GlassformerError ERR_FILE if the checkpoint cannot be written; earlier checkpoints are untouched
 */
export function writeCheckpoint(folder: string, { step, arrays, state }: Checkpoint): string {
  makeFolder(folder)
  const path = join(folder, nameOf(step))
  if (hasFile(path))
    throw new GlassformerError('ERR_FILE', `${path}: it is there already; does another process train into this folder?`)
  const beside = join(folder, partialName(nameOf(step)))
  try {
    makeFolder(beside)
    const tensors = Object.entries(arrays).map(([name, values]) => ({
      name,
      shape: [values.length],
      dtype: 'F32' as const,
      values,
    }))
    writeSafetensors(join(beside, ARRAYS), tensors, { format: 'glassformer' })
    replaceText(join(beside, STATE), `${JSON.stringify({ ...state, step }, null, 2)}\n`)
    writeChecksums(beside, [ARRAYS, STATE])
    renameSync(beside, path)
    syncFolder(folder)
  } catch (cause) {
    removeIfPossible(beside)
    throw fileError('write the checkpoint', path, cause)
  }
  return path
}

/** Removes a folder after a failure. Errors are ignored, because the failure is the error to report, and the next run tidies up. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // The folder can no longer be written.
  }
}

/** The steps of all complete checkpoints in a folder, the earliest first. */
export function checkpointSteps(folder: string): number[] {
  if (!hasFile(folder)) return []
  try {
    const steps = readdirSync(folder).flatMap((name) => NAME.exec(name)?.[1] ?? [])
    return steps.map(Number).sort((a, b) => a - b)
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
}

/** Removes the files and folders that a killed process had begun in a folder and not yet renamed. */
export function removePartials(folder: string): void {
  if (!hasFile(folder)) return
  try {
    for (const name of readdirSync(folder))
      if (PARTIAL.test(name)) rmSync(join(folder, name), { recursive: true, force: true })
  } catch (cause) {
    throw fileError('tidy', folder, cause)
  }
}

/**
 * Reads arrays of a checkpoint into arrays of the same sizes. Returns its plain data.
 * @throws GlassformerError ERR_MODEL_FORMAT if the checkpoint is damaged or belongs to another model
 */
export function readCheckpoint(folder: string, step: number, into: Record<string, Float32Array>): StoredState {
  const path = join(folder, nameOf(step))
  const read = Object.keys(into).length ? [ARRAYS, STATE] : [STATE]
  checkFiles(
    path,
    `restore it from a copy, or remove ${path}: the training goes on from the checkpoint before`,
    'ERR_MODEL_FORMAT',
    read,
  )
  const file = openSafetensors(join(path, ARRAYS))
  try {
    for (const [name, values] of Object.entries(into)) {
      const entry = file.tensors.get(name)
      if (entry?.shape.length !== 1 || entry.shape[0] !== values.length)
        throw new GlassformerError(
          'ERR_MODEL_FORMAT',
          `${path}: ${name} does not have ${values.length} values: it belongs to another model`,
        )
      file.readFloats(name, values)
    }
  } finally {
    file.close()
  }
  const statePath = join(path, STATE)
  const values = readJsonObject(statePath)
  if (values.step !== step) inFile(statePath).fail('step', `${step}, as its folder says`, values.step)
  return { values, path: statePath }
}

/**
 * Removes all checkpoints except those in `keep`. Each is renamed first, because a folder with the name of a checkpoint
 * must be complete.
 */
export function pruneCheckpoints(folder: string, keep: ReadonlySet<number>): void {
  for (const step of checkpointSteps(folder)) {
    if (keep.has(step)) continue
    const path = join(folder, nameOf(step))
    const beside = join(folder, partialName(nameOf(step)))
    try {
      renameSync(path, beside)
      rmSync(beside, { recursive: true, force: true })
    } catch (cause) {
      throw fileError('remove the checkpoint', path, cause)
    }
  }
}

/** The mean of an array over several checkpoints, in float64 (checkpoint averaging; the paper, 6.1). */
export function averageCheckpoints(folder: string, steps: readonly number[], name: string, size: number): Float32Array {
  const sums = new Float64Array(size)
  const values = new Float32Array(size)
  for (const step of steps) {
    readCheckpoint(folder, step, { [name]: values })
    for (let i = 0; i < size; i++) sums[i] += values[i]
  }
  return Float32Array.from(sums, (sum) => sum / steps.length)
}
