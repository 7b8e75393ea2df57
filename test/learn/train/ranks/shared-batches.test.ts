import { afterAll, describe, expect, it } from 'vitest'
import { Weights } from '#dist/engine/weights/weights.js'
import { SharedBatches, type Transfers } from '#dist/learn/train/ranks/shared-batches.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends } from '../../../backends.ts'
import { modelConfig, pairs, trainerOptions } from '../small-model.ts'

/** Ranks within one process, which wait for each other like those of MPI. */
function ranksOf(size: number): Transfers[] {
  let given: unknown[] = []
  let waiting: ((all: unknown[]) => void)[] = []
  const all = <T>(rank: number, value: T): Promise<T[]> =>
    new Promise((resolve) => {
      given[rank] = value
      waiting.push(resolve as (all: unknown[]) => void)
      if (waiting.length < size) return
      const [whole, told] = [given, waiting]
      given = []
      waiting = []
      for (const tell of told) tell(whole)
    })
  return Array.from({ length: size }, (_, rank) => ({
    rank,
    size,
    all: (value) => all(rank, value),
    async exchange(values, received) {
      const part = values.length / size
      const parts = await all(rank, values.slice())
      parts.forEach((their, r) => received.set(their.subarray(rank * part, (rank + 1) * part), r * part))
    },
    async gather(values, received) {
      const parts = await all(rank, values.slice())
      parts.forEach((their, r) => received.set(their, r * values.length))
    },
  }))
}

/** Above 2^19 values, an odd number, so that three ranks or fewer exchange them in more than one section. */
const config = { ...modelConfig, dModel: 90, sourceVocabulary: 6001, targetVocabulary: 6001, sharedEmbedding: true }
const player = backends.at(-1)!.make()
afterAll(() => player.close())

function newTraining(): TrainingStep {
  const weights = new Weights(config)
  initialize(weights, 1)
  return new TrainingStep(player, weights, trainerOptions)
}

describe('the gradients of a step that ranks divide', () => {
  const batches = Array.from({ length: 5 }, (_, n) => pairs(2 + (n % 3), n))
  const alone = newTraining()

  it.each([
    [2, 5],
    [3, 5],
    [4, 5],
    [2, 1],
    [3, 2],
  ])('have the same bits in each of %i ranks as in one process: %i batches', async (size, count) => {
    const some = batches.slice(0, count)
    const losses = some.map((batch) => alone.accumulate(batch, 7, 100))
    expect(alone.gradients.length).toBeGreaterThan(2 ** 19)
    const ranks = ranksOf(size).map((transfers) => {
      const training = newTraining()
      return { training, shared: new SharedBatches(transfers, training) }
    })
    const share = (step: number) => Promise.all(ranks.map(({ shared }) => shared.accumulate(some, step, 100)))
    await share(6) // buffers must be clean for the next step
    for (const { training } of ranks) training.gradients.fill(0)
    expect(await share(7)).toEqual(ranks.map(() => losses))
    for (const { training } of ranks)
      expect(Buffer.from(training.gradients.buffer).equals(Buffer.from(alone.gradients.buffer))).toBe(true)
    alone.update(7, 0, 0)
  })
})
