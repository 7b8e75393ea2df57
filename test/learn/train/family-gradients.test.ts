import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { raggedPairs, type TokenPair } from '#dist/engine/decode/step/index.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { gradientProgram } from '#dist/learn/train/step/programs.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends, wasmBackends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { trainerOptions } from './small-model.ts'

const root = fileURLToPath(new URL('../../golden/family-gradients/', import.meta.url))
const options = {
  ...trainerOptions,
  loss: { smoothing: 0, over: 'all' },
  dropout: { residual: 0, attention: 0, activation: 0 },
} as const

/** A key bias adds the same to every score of a query, which softmax ignores: its gradient is 0 except for rounding. */
const isIdle = (name: string) => name.endsWith('key.bias')

/** The loss of a batch, and of Switch's routers, which are a part of it by the coefficients of its config.json. */
interface Expected {
  loss: number
  pairs: TokenPair[]
  routers?: { balance: number; z: number }
}

describe.each(['longt5-tglobal', 'led', 'switch'])('%s', (family) => {
  const { weights } = loadFolder(`${root}${family}/model`, { precision: 'float32' })
  const gradients = loadFolder(`${root}${family}/gradients`, { precision: 'float32' }).weights
  const { loss, pairs, routers }: Expected = JSON.parse(readFileSync(`${root}${family}/expected.json`, 'utf8'))
  // The reported loss is without that of routers.
  const beside = routers ? 0.02 * routers.balance + 0.005 * routers.z : 0
  const tokens = pairs.reduce((sum, { target }) => sum + target.length, 0)

  it.each([...backends, ...wasmBackends])('has the loss and the gradients of transformers on $name', ({ make }) => {
    const player = make()
    const step = new TrainingStep(player, weights, options)
    expect(step.accumulate(pairs, 1, tokens) / tokens).toBeCloseTo(loss - beside, 5)
    for (const { name, rows, width } of weights.parameters) {
      if (isIdle(name)) continue
      const { offset } = weights.place(name)
      expectClose(step.gradients.subarray(offset, offset + rows * width), gradients.get(name), 1e-5)
    }
    player.close()
  })
})

it("computes the losses of Switch's routers as transformers does", () => {
  const { weights } = loadFolder(`${root}switch/model`, { precision: 'float32' })
  const { pairs, routers }: Expected = JSON.parse(readFileSync(`${root}switch/expected.json`, 'utf8'))
  const program = gradientProgram(weights, options.loss, options.dropout)
  const made = program.instructions.filter(({ op }) => op.name === 'routerLoss').map(({ outputs }) => outputs[0])
  const bound = made.map((loss, i) => program.output(loss, `router.${i}`))
  const { rows, arrays } = raggedPairs(pairs, weights.config, PositionTable.of(weights.config))
  const found = bound.map(() => new Float32Array(1))
  new LoadedProgram(new JsPlayer(), program).play(rows, {
    ...arrays,
    ...Object.fromEntries(found.map((array, i) => [`router.${i}`, array])),
    ...{ seed: new Int32Array(1), 'loss.scale': new Float32Array(1), 'balance.scale': new Float32Array(1) },
    ...{ losses: new Float32Array(rows.T), gradients: new Float32Array(weights.values.length) },
  })
  expect(found).toHaveLength(2) // of the encoder and of the decoder
  expect(found[0][0] + found[1][0]).toBeCloseTo(0.02 * routers!.balance + 0.005 * routers!.z, 6)
})
