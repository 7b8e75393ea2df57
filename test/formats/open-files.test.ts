import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DiskFolder } from '#dist/formats/disk/disk-folder.js'
import { openModelTensors } from '#dist/formats/tensors/model-tensors.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { expectError, rawSafetensors, scratchFolder } from './raw-safetensors.ts'

const TIMES = 50
/** Where Linux lists the open files of a process. */
const LIST = '/proc/self/fd'

const folder = scratchFolder()
const sound = { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }

/** Expects that `refused`, called many times, leaves no file open. */
function expectClosed(refused: () => unknown): void {
  const before = readdirSync(LIST).length
  for (let i = 0; i < TIMES; i++) expectError(refused, 'ERR_MODEL_FORMAT')
  expect(readdirSync(LIST).length).toBeLessThan(before + TIMES)
}

describe.skipIf(!existsSync(LIST))(
  'a file that is refused is closed (skipped where the system lists no open files)',
  () => {
    test('with a damaged header', () => {
      const path = rawSafetensors(join(folder, 'damaged.safetensors'), '{', new Uint8Array(0))
      expectClosed(() => openSafetensors(path))
    })

    test('that lies beside a damaged one', () => {
      const shards = join(folder, 'shards')
      mkdirSync(shards)
      const [one, two] = ['one.safetensors', 'two.safetensors']
      rawSafetensors(join(shards, one), sound, new Uint8Array(4))
      rawSafetensors(join(shards, two), '{', new Uint8Array(0))
      writeFileSync(join(shards, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: one, b: two } }))
      expectClosed(() => openModelTensors(new DiskFolder(shards)))
    })
  },
)
