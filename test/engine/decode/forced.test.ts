import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { loadFolder } from '#dist/files/folders/load.js'

const { weights } = loadFolder(fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url)))
const { end } = weights.config.ids
const pair = { source: [5, 6, end], target: [7, 8, 9, end] }

it('traces the tensors that are asked for, even if others were traced before', () => {
  const decoder = new ForcedDecoder(new JsPlayer(), weights)
  const fresh = (name: string) => new ForcedDecoder(new JsPlayer(), weights).trace([pair], [name])
  for (const name of ['encoder.0.feedForwardNorm.normed', 'decoder.0.feedForwardNorm.normed'])
    expect(decoder.trace([pair], [name])).toEqual(fresh(name))
  expect(() => decoder.trace([pair], ['nowhere'])).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/no tensor named nowhere/) }),
  )
})
