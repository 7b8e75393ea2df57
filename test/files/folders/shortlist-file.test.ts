import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { convertFolder } from '#dist/files/folders/convert.js'
import { SHORTLIST_FILE } from '#dist/files/folders/layout/shortlist-file.js'
import { writeShortlist } from '#dist/files/folders/layout/shortlist-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { expectError, scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()
const model = fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url))
const { sourceVocabulary } = loadFolder(model).config
const int32 = (...values: number[]) => Int32Array.from(values)
/** Two targets for source token 0, none for the others. */
const offsets = new Int32Array(sourceVocabulary + 1).fill(2, 1)
const shortlist = { frequent: int32(3, 1), offsets, targets: int32(8, 4) }

function folderWith(name: string, given: Partial<typeof shortlist> = {}): string {
  const folder = join(scratch, name)
  cpSync(model, folder, { recursive: true })
  writeShortlist(folder, { ...shortlist, ...given })
  return folder
}

const damaged = (name: string, given: Partial<typeof shortlist>, ...message: string[]) =>
  expectError(() => loadFolder(folderWith(name, given)), 'ERR_MODEL_FORMAT', ...message)

describe('the shortlist of a model folder', () => {
  test('is read as it was written, into memory that workers share; without a file there is none', () => {
    const read = loadFolder(folderWith('whole')).shortlist!
    expect(read).toEqual(shortlist)
    expect(Object.values(read).every(({ buffer }) => buffer instanceof SharedArrayBuffer)).toBe(true)
    expect(loadFolder(model).shortlist).toBeNull()
  })

  test('goes along where the folder is quantized', () => {
    const [from, to] = [folderWith('before'), join(scratch, 'after')]
    convertFolder(from, to, 'int8')
    expect(readFileSync(join(to, SHORTLIST_FILE))).toEqual(readFileSync(join(from, SHORTLIST_FILE)))
  })

  test('is refused where it is of another vocabulary', () => {
    const short = int32(0, 2)
    damaged('another', { offsets: short }, 'it is for 1 source tokens, the model has', 'make it again')
    damaged('outside', { targets: int32(8, 1_000_000) }, 'targets has id 1000000 at 1, outside the target vocabulary')
    damaged('negative', { frequent: int32(-1) }, 'frequent has id -1 at 0')
  })

  test('is refused where it has other tensors beside its own', () => {
    const folder = folderWith('more')
    const tensors = Object.entries({ ...shortlist, extra: int32(1) })
    writeSafetensors(
      join(folder, SHORTLIST_FILE),
      tensors.map(([name, values]) => ({ name, shape: [values.length], dtype: 'I32', values })),
    )
    expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', "tensor 'extra' belongs to no shortlist")
  })

  test('is refused where its offsets do not ascend to the end', () => {
    damaged('longer', { targets: int32(8, 4, 5) }, 'offsets do not go from 0 to the 3 targets')
    const late = offsets.slice()
    late[0] = 1
    damaged('late', { offsets: late }, 'offsets do not go from 0 to the 2 targets')
    const falling = offsets.slice()
    falling[5] = 1
    damaged('falling', { offsets: falling }, 'offsets fall after source token 4')
  })

  test('is refused where the file is cut off, no safetensors, or lacks a tensor', () => {
    const cut = folderWith('cut')
    truncateSync(join(cut, SHORTLIST_FILE), 300)
    expectError(() => loadFolder(cut), 'ERR_MODEL_FORMAT', SHORTLIST_FILE, 'cut short')
    writeFileSync(join(cut, SHORTLIST_FILE), 'not a table')
    expectError(() => loadFolder(cut), 'ERR_MODEL_FORMAT', SHORTLIST_FILE)
    writeSafetensors(join(cut, SHORTLIST_FILE), [{ name: 'frequent', shape: [1], dtype: 'I32', values: int32(1) }])
    expectError(() => loadFolder(cut), 'ERR_MODEL_FORMAT', "no tensor 'offsets'")
    const wide = { name: 'frequent', shape: [2, 1], dtype: 'I32', values: int32(1, 2) } as const
    writeSafetensors(join(cut, SHORTLIST_FILE), [wide])
    expectError(() => loadFolder(cut), 'ERR_MODEL_FORMAT', "'frequent' is not I32 of one dimension")
  })
})
