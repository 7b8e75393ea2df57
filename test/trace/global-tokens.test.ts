import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { expectClose } from '../engine/decode/expect-close.ts'
import { sharedFolder } from '../shared-folder.ts'
import { traced } from './traced.ts'

type Expected = Record<'led' | 'longt5-tglobal', Record<string, number[][][]>> & { source: number[] }

/** Weights of the last layer by transformers. */
const golden: Expected = JSON.parse(
  readFileSync(new URL('../golden/more/global-attention/expected.json', import.meta.url), 'utf8'),
)

test.each(['longt5-tglobal', 'led'] as const)(
  '%s: a trace has the weights of an encoder with global tokens as transformers has them, and they make its heads',
  (family) => {
    const folder = `${sharedFolder}/golden/more/${family}/model`
    if (!existsSync(folder)) return
    const { weights } = loadFolder(folder, { precision: 'float32' })
    const player = new JsPlayer()
    const { source } = golden
    const { tensors } = traced(player, weights, source, { target: [5, 9, 1], tensors: ['**'] })
    const at = 'encoder.1.selfAttention'
    for (const [name, heads] of Object.entries(golden[family])) {
      expect(tensors[`${at}.${name}`].shape).toEqual([heads.length, source.length, heads[0][0].length])
      expectClose(tensors[`${at}.${name}`].values, heads.flat(2), 2e-5)
    }
    const { values: made, shape } = tensors[`${at}.heads`]
    expect(shape).toEqual([source.length, 32])
    const [heads, dHead] = [4, 8]
    const sum = (name: string, values: string, head: number, row: number, i: number) => {
      const { values: given, shape } = tensors[`${at}.${name}`]
      const v = tensors[`${at}.${values}`].values
      return Array.from({ length: shape[2] }, (_, key) => {
        return given[(head * source.length + row) * shape[2] + key] * v[key * 32 + head * dHead + i]
      }).reduce((a, b) => a + b, 0)
    }
    for (let head = 0; head < heads; head++)
      // The first token of LED has values of its own.
      for (let row = family === 'led' ? 1 : 0; row < source.length; row++)
        for (let i = 0; i < dHead; i++) {
          const far = family === 'led' ? 0 : sum('sumWeights', 'sumValue', head, row, i)
          expect(made[row * 32 + head * dHead + i]).toBeCloseTo(sum('weights', 'value', head, row, i) + far, 5)
        }
    expect(tensors['decoder.1.crossAttention.weights'].shape).toEqual([4, 3, source.length])
    player.close()
  },
)
