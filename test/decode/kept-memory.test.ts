import { expect, it } from 'vitest'
import type { Player } from '#dist/backend/backend.js'
import { JsPlayer } from '#dist/backend/js/player.js'
import { loadFolder } from '#dist/folders/load.js'
import { EMBEDDED } from '#dist/translate/translator.js'
import { generate } from './generate.ts'

/** A player in JavaScript that adds up by how much the arrays of the process have grown while it played. */
function watched(grown: { bytes: number; plays: number }): Player {
  const player = new JsPlayer()
  return {
    info: player.info,
    close: () => player.close(),
    load(program, weights) {
      const playable = player.load(program, weights)
      return {
        play(rows, arrays, times) {
          const before = process.memoryUsage().arrayBuffers
          playable.play(rows, arrays, times)
          grown.bytes += Math.max(0, process.memoryUsage().arrayBuffers - before)
          grown.plays++
        },
      }
    },
  }
}

it.each(['float32', 'bfloat16', 'int8'] as const)(
  'JavaScript allocates no array in plays of sizes that it has met, in %s',
  (precision) => {
    const { weights, generation } = loadFolder(EMBEDDED, { precision })
    const grown = { bytes: 0, plays: 0 }
    const player = watched(grown)
    const sources = [5, 9, 7].map((length) => Array.from({ length }, (_, i) => (i < length - 1 ? 100 + i : 0)))
    const translate = () => generate(player, weights, sources, { ...generation, beams: 2, maxTokens: 8 })
    translate()
    expect(grown.bytes).toBeGreaterThan(0)
    Object.assign(grown, { bytes: 0, plays: 0 })
    translate()
    expect(grown.plays).toBeGreaterThan(3)
    expect(grown.bytes).toBe(0)
  },
)
