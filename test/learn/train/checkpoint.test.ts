import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  averageCheckpoints,
  checkpointSteps,
  pruneCheckpoints,
  readCheckpoint,
  removePartials,
  writeCheckpoint,
} from '#dist/learn/train/state/checkpoint.js'
import { newFolder } from './small-run.ts'

const values = (count: number, value: number) => new Float32Array(count).fill(value)

describe('a checkpoint', () => {
  it('restores arrays to the bit, and plain data', () => {
    const folder = newFolder()
    const weights = Float32Array.of(1 / 3, -0, 1e-45, 3.4e38, Math.PI)
    const path = writeCheckpoint(folder, { step: 7, arrays: { weights }, state: { best: { loss: null }, text: 'é' } })
    expect(path).toBe(join(folder, 'step-00000007'))
    const back = new Float32Array(5)
    expect(readCheckpoint(folder, 7, { weights: back }).values).toMatchObject({
      step: 7,
      best: { loss: null },
      text: 'é',
    })
    expect(Buffer.from(back.buffer).equals(Buffer.from(weights.buffer))).toBe(true)
  })

  it('does not replace one of the same step', () => {
    const folder = newFolder()
    writeCheckpoint(folder, { step: 1, arrays: { a: values(3, 1) }, state: {} })
    expect(() => writeCheckpoint(folder, { step: 1, arrays: { a: values(3, 2) }, state: {} })).toThrow(/there already/)
    const back = values(3, 0)
    readCheckpoint(folder, 1, { a: back })
    expect(back).toEqual(values(3, 1))
  })

  it('of another model is refused by name', () => {
    const folder = newFolder()
    writeCheckpoint(folder, { step: 1, arrays: { a: values(3, 1) }, state: {} })
    expect(() => readCheckpoint(folder, 1, { a: values(4, 0) })).toThrow(/step-00000001: a does not have 4 values/)
    expect(() => readCheckpoint(folder, 1, { b: values(3, 0) })).toThrow(/step-00000001: b does not have 3 values/)
  })

  it('counts only under its final name; remains of a killed process are removed', () => {
    const folder = newFolder()
    for (const step of [100_000_000, 10, 9])
      writeCheckpoint(folder, { step, arrays: { a: values(1, step) }, state: {} })
    mkdirSync(join(folder, '.step-00000011.0badcafe.partial'))
    writeFileSync(join(folder, '.step-00000011.0badcafe.partial', 'arrays.safetensors'), 'half')
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    expect(checkpointSteps(folder)).toEqual([9, 10, 100_000_000])
    removePartials(folder)
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'step-00000009', 'step-00000010', 'step-100000000'])
  })

  it('is removed unless it is to be kept', () => {
    const folder = newFolder()
    for (const step of [1, 2, 3, 4]) writeCheckpoint(folder, { step, arrays: { a: values(1, step) }, state: {} })
    pruneCheckpoints(folder, new Set([2, 4, 99]))
    expect(readdirSync(folder).sort()).toEqual(['step-00000002', 'step-00000004'])
    expect(averageCheckpoints(folder, [2, 4], 'a', 1)).toEqual(values(1, 3))
  })
})

/** A file system of 1 MB, if this process may mount one. */
function smallDisk(): string | null {
  const folder = newFolder()
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    return null
  }
}

const disk = smallDisk()

describe.skipIf(!disk)('on a full disk (skipped if no tmpfs can be mounted)', () => {
  it('a checkpoint fails with ERR_FILE, leaves nothing behind, and the earlier one is complete', () => {
    try {
      writeCheckpoint(disk!, { step: 1, arrays: { a: values(150_000, 1) }, state: {} })
      expect(() => writeCheckpoint(disk!, { step: 2, arrays: { a: values(150_000, 2) }, state: {} })).toThrow(
        expect.objectContaining({ code: 'ERR_FILE', message: expect.stringContaining('the disk is full') }),
      )
      expect(readdirSync(disk!)).toEqual(['step-00000001'])
      const back = values(150_000, 0)
      readCheckpoint(disk!, 1, { a: back })
      expect(back).toEqual(values(150_000, 1))
      pruneCheckpoints(disk!, new Set())
      writeCheckpoint(disk!, { step: 2, arrays: { a: values(150_000, 2) }, state: {} })
      expect(existsSync(join(disk!, 'step-00000002', 'state.json'))).toBe(true)
    } finally {
      execFileSync('umount', [disk!])
    }
  })
})
