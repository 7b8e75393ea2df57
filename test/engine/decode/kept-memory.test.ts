import { afterEach, expect, it, vi } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { generate } from './generate.ts'
import { watched } from './watched.ts'

const kinds = {
  ArrayBuffer,
  SharedArrayBuffer,
  Float32Array,
  Float64Array,
  Int32Array,
  Int16Array,
  Int8Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
}

/**
 * Arrays and buffers that runs have allocated, counted by their constructors; garbage collection meanwhile makes no
 * difference.
 */
interface Made {
  bytes: number
  plays: number
}

/** A JavaScript player that adds up the bytes of the arrays that are allocated while it runs. */
function counting(made: Made): Player {
  let playing = false
  for (const [name, kind] of Object.entries(kinds)) {
    const width = 'BYTES_PER_ELEMENT' in kind ? kind.BYTES_PER_ELEMENT : 1
    const construct = (target: typeof kind, args: unknown[]) => {
      if (playing && typeof args[0] === 'number') made.bytes += args[0] * width
      return Reflect.construct(target, args)
    }
    vi.stubGlobal(name, new Proxy(kind, { construct }))
  }
  return watched(new JsPlayer(), (play) => {
    playing = true
    play()
    playing = false
    made.plays++
  })
}

afterEach(() => vi.unstubAllGlobals())

it.each(['float32', 'bfloat16', 'int8'] as const)(
  'JavaScript allocates no array in runs of sizes that it has met before, in %s',
  (precision) => {
    const { weights, generation } = loadFolder(embeddedFolder(), { precision })
    const made = { bytes: 0, plays: 0 }
    const player = counting(made)
    const sources = [5, 9, 7].map((length) => Array.from({ length }, (_, i) => (i < length - 1 ? 100 + i : 0)))
    const translate = () => generate(player, weights, sources, { ...generation, beams: 2, maxTokens: 8 })
    translate()
    expect(made.bytes).toBeGreaterThan(0)
    Object.assign(made, { bytes: 0, plays: 0 })
    translate()
    expect(made.plays).toBeGreaterThan(3)
    expect(made.bytes).toBe(0)
  },
)
