import { beforeAll, describe, expect, test } from 'vitest'
import { train } from '#dist/learn/train/train.js'
import { TrainingInspector } from '#dist/look/inspect/training-inspector.js'
import { Translator } from '#dist/use/translate/translator.js'
import { newFolder, smallConfig } from '../../learn/train/small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const

describe('an inspector of a training', () => {
  const folder = newFolder()
  beforeAll(async () => {
    await train(smallConfig({ training: { steps: 20, keep: 9, saveEvery: 10 }, validation: { every: 20 } }), folder, js)
  })

  test('computes the same at the last step as the written model, which has learned the sentence', async () => {
    const inspector = await TrainingInspector.open(folder, { backend: 'js' })
    expect(inspector.steps).toEqual([0, 10, 20])
    const translator = await Translator.load(`${folder}/model`, js)
    const asked = { target: 'one two', steps: 3, tensors: ['**.weights'] }
    const expected = await translator.inspect('un deux', asked)
    await translator.close()
    const last = inspector.inspect(20, 'un deux', asked)
    expect(last.target).toEqual(expected.target)
    expect(last.source).toEqual(expected.source)
    for (const [name, { shape, values }] of Object.entries(expected.tensors)) {
      expect(last.tensors[name].shape).toEqual(shape)
      values.forEach((value, i) => void expect(last.tensors[name].values[i]).toBeCloseTo(value, 5))
    }
    const sum = (step: number) =>
      inspector.inspect(step, 'un deux', asked).steps.reduce((total, { chosen }) => total + chosen.logProbability, 0)
    expect(sum(20)).toBeGreaterThan(sum(0))
    expect(sum(0)).toBe(sum(0)) // its weights are put back
    inspector.close()
  })

  test('steps without a checkpoint and folders without a training are refused', async () => {
    const inspector = await TrainingInspector.open(folder, { backend: 'js' })
    expect(() => inspector.inspect(7, 'un')).toThrow('there is no checkpoint of step 7: there are 0, 10, 20')
    inspector.close()
    await expect(TrainingInspector.open(newFolder())).rejects.toMatchObject({ code: 'ERR_FILE' })
    await expect(TrainingInspector.open('')).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })
})
