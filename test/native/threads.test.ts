import { describe, expect, it } from 'vitest'
import { nativeBackends, nativeReasons } from '../backends.ts'
import { makePlayer, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

describe.skipIf(nativeReasons.length)('results do not depend on the number of threads', () => {
  const store = tinyWeights()
  const spec = tinyProgram(store)
  const ways = nativeBackends.map(({ make }) => {
    const { isa, blas } = make().info
    return { isa, blas: blas !== 'none' }
  })

  // 3 · 5 and 7 · 90 rows: below and above the point where BLAS takes over.
  it.each(ways)('$isa, BLAS $blas', ({ isa, blas }) => {
    for (const [sentences, length] of [
      [2, 1],
      [3, 5],
      [7, 90],
    ]) {
      const outputs = [1, 2].map((threads) => {
        const player = makePlayer({ threads, isa, blas })
        const call = tinyCall(spec, sentences, length)
        const playable = player.load(spec, store)
        for (let i = 0; i < 20; i++) playable.play(call.rows, call.arrays)
        player.close()
        return ['normed', 'scores', 'ids'].map((name) => call.array(name))
      })
      expect(outputs[1]).toEqual(outputs[0])
    }
  })
})
