import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { nativeBackends, nativeReasons } from '../backends.ts'
import { makePlayer, refusal, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

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

  it.each(ways)('$isa, BLAS $blas, if it changes from run to run', ({ isa, blas }) => {
    let asked = 0
    const changing = makePlayer({ threads: 2, isa, blas, threadShare: () => 1 + ((asked++ >> 1) % 2) })
    const [one, other] = [makePlayer({ isa, blas }), changing].map((player) => ({
      player,
      playable: player.load(spec, store),
    }))
    const expected = tinyCall(spec, 7, 30)
    one.playable.play(expected.rows, expected.arrays)
    for (let i = 0; i < 300; i++) {
      const call = tinyCall(spec, 7, 30)
      other.playable.play(call.rows, call.arrays)
      if (i % 100 === 0)
        for (const name of ['normed', 'scores', 'ids']) expect(call.array(name)).toEqual(expected.array(name))
    }
    expect(asked).toBe(300)
    for (const { player } of [one, other]) player.close()
  })
})

describe.skipIf(nativeReasons.length)('the threads of a run', () => {
  const store = tinyWeights()
  const spec = tinyProgram(store)
  const playOn = (share: number, threads = 2) => {
    const player = makePlayer({ threads, threadShare: () => share })
    const call = tinyCall(spec, 3, 5)
    const playable = player.load(spec, store)
    const refused = refusal(() => playable.play(call.rows, call.arrays))
    player.close()
    return { refused, written: call.array('normed').some((value) => value !== 77) }
  }

  // A player with one thread takes 1.5 for its one.
  it.each([0, -1, NaN, ...(availableParallelism() < 2 ? [] : [1.5])])('cannot be %o', (share) => {
    const expected = { code: 'ERR_OPTION', message: expect.stringMatching(/^a play runs on 1 to \d+ threads$/) }
    expect(playOn(share)).toMatchObject({ refused: expected, written: false })
  })

  it('are never more than the player has', () => {
    expect(playOn(1000, 1)).toMatchObject({ refused: { code: 'nothing was thrown' }, written: true })
  })

  it('are made when a run first needs them', (context) => {
    context.skip(!existsSync('/proc/self/status'), 'no /proc, which tells of threads')
    context.skip(availableParallelism() < 2, 'one core')
    const threadsNow = () => Number(/Threads:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    let share = 1
    const player = makePlayer({ threads: 2, threadShare: () => share })
    const call = tinyCall(spec, 3, 5)
    const playable = player.load(spec, store)
    const before = threadsNow()
    playable.play(call.rows, call.arrays)
    expect(threadsNow()).toBe(before)
    share = 2
    playable.play(call.rows, call.arrays)
    playable.play(call.rows, call.arrays)
    expect(threadsNow()).toBe(before + 1)
    player.close()
    expect(threadsNow()).toBe(before)
  })
})
