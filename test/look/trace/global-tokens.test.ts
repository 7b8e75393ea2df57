import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { sharedFolder } from '../../shared-folder.ts'
import { traced } from './traced.ts'

test.each(['longt5-tglobal', 'led'])(
  '%s: a trace has what an encoder with global tokens computes, without matrices of weights',
  (family) => {
    const folder = `${sharedFolder}/golden/more/${family}/model`
    if (!existsSync(folder)) return
    const { weights } = loadFolder(folder, { precision: 'float32' })
    const player = new JsPlayer()
    const trace = traced(player, weights, [5, 6, 7, 8, 9, 10, 11, 1], { target: [5, 9, 1], tensors: ['**'] })
    expect(trace.tensors['encoder.1.selfAttention.heads'].shape).toEqual([8, 32])
    expect(trace.tensors['encoder.1.selfAttention.weights']).toBeUndefined()
    expect(trace.tensors['decoder.1.crossAttention.weights'].shape).toEqual([4, 3, 8])
    player.close()
  },
)
