import { describe, expect, it } from 'vitest'
import { fastProducts } from '#dist/engine/backend/js/fast/products.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { factorOf, plainProducts, transposed } from '#dist/engine/backend/js/products/products.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { casesOf } from '../../share.ts'
import { opTests } from './op-tests.ts'
import { playCase } from './play-case.ts'
import { Random } from './random-operands.ts'

const matrix = (data: Float32Array, rows: number, width: number) => ({ data, offset: 0, stride: width, rows, width })

describe('the fast products of JavaScript', () => {
  it('have the bits of the plain ones in every op', () => {
    const [plain, fast] = [new JsPlayer([], plainProducts), new JsPlayer([], fastProducts)]
    const multiplying = ['linear', 'candidates', 'listedCandidates', 'crossEntropy', 'distillation']
    for (const name of multiplying)
      for (let seed = 0; seed < casesOf(30); seed++) {
        const [expected, actual] = [plain, fast].map(
          (player) => playCase(player, opTable.get(name)!, opTests[name].case(new Random(seed))).arrays,
        )
        expect(actual, `${name}, seed ${seed}`).toEqual(expected)
      }
  })

  it.each([factorOf, transposed])(
    'add up the same products as the plain ones, for a matrix and its transpose',
    (turned) => {
      for (let seed = 0; seed < casesOf(60); seed++) {
        const random = new Random(seed)
        const [m, k, n] = [1, 2, 3].map(() => random.integer(0, 11))
        const a = matrix(
          random.floats(m * k).map((value) => (random.integer(0, 2) ? value : 0)),
          turned === factorOf ? m : k,
          turned === factorOf ? k : m,
        )
        const b = matrix(random.floats(k * n), k, n)
        const before = random.floats(m * n)
        const [expected, actual] = [plainProducts, fastProducts].map((products) => {
          const c = matrix(before.slice(), m, n)
          products.addProduct(c, turned(a), b, 0.7)
          return c.data
        })
        for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4)
      }
    },
  )
})
