import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { type TensorToWrite, writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

/** A folder of the test's own, which is removed after it. */
export const scratch = scratchFolder()
export const golden = (name: string) => fileURLToPath(new URL(`../../golden/hub/${name}/model`, import.meta.url))
export const embedded = fileURLToPath(new URL('../../../models/fr-en', import.meta.url))
export const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

let copies = 0
/** A copy of a golden folder whose files may then be damaged. */
export function copy(name = 'marian-f16'): string {
  const folder = join(scratch, `copy${copies++}`)
  cpSync(golden(name), folder, { recursive: true })
  return folder
}

/** `folder`, of which the JSON of one file is changed. */
export function edit(folder: string, file: string, change: (json: Record<string, unknown>) => void): string {
  const json = readJson(join(folder, file))
  change(json)
  writeFileSync(join(folder, file), JSON.stringify(json))
  return folder
}

/** All tensors of a folder, to be written again with some of them changed. */
export function rewrite(folder: string, change: (tensors: Map<string, TensorToWrite>) => void): string {
  const path = join(folder, 'model.safetensors')
  const file = openSafetensors(path)
  const tensors = new Map<string, TensorToWrite>()
  for (const [name, { shape }] of file.tensors) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
    file.readFloats(name, values)
    tensors.set(name, { name, shape, dtype: 'F32', values })
  }
  file.close()
  change(tensors)
  writeSafetensors(path, [...tensors.values()])
  return folder
}
