import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { playerChoice } from '#dist/learn/train/settings/train-options.js'
import { train } from '#dist/learn/train/train.js'
import { newFolder, smallConfig } from './small-run.ts'

describe('the options of a training', () => {
  it('have a default each', () => {
    const backend = process.env.GLASSFORMER_BACKEND || 'auto'
    expect(playerChoice({})).toEqual({ backend, threads: undefined, products: 'auto' })
  })

  it.each([
    [{ backend: 'gpu' }, "option 'backend' must be one of auto, native, wasm, js, not 'gpu'"],
    [{ threads: 0 }, "option 'threads' must be an integer of at least 1, not 0"],
    [{ backend: null }, "option 'backend' must be one of auto, native, wasm, js, not null"],
    [{ threads: null }, "option 'threads' must be an integer of at least 1, not null"],
    [{ threads: 'auto' }, "option 'threads' must be an integer of at least 1, not 'auto'"],
    [{ precision: 'int8' }, "option 'precision' must be one of auto, float32, bfloat16, not 'int8'"],
  ])('are refused before anything is written: %j', async (options, message) => {
    const folder = newFolder()
    await expect(train(smallConfig(), folder, options as never)).rejects.toMatchObject({ code: 'ERR_OPTION', message })
    expect(existsSync(folder)).toBe(false)
  })

  it('may be left out', async () => {
    const config = smallConfig({ training: { steps: 1 } })
    expect(await train(config, newFolder())).toMatchObject({ ended: 'done', step: 1 })
  })
})
