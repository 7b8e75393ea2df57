import { expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { parts } from '#dist/look/inspect/options.js'
import { playPart, programOf } from '#dist/look/inspect/parts.js'

it.each([
  ['float32', Float32Array],
  ['bfloat16', Uint16Array],
  ['int8', Uint16Array],
] as const)('a model in %s has all its caches in a %o, and its listing says which', (precision, kind) => {
  const { weights } = loadFolder(embeddedFolder(), { precision })
  for (const part of ['encoder', 'step'] as const) {
    const given = { sources: [[100, 101, 0]], options: generationDefaults, length: 3 }
    const { arrays } = playPart(part, new JsPlayer(), weights, given)
    const caches = Object.keys(arrays).filter((name) => /^(memory|cache)\.\d+$/.test(name))
    expect(caches).toHaveLength((part === 'step' ? 2 : 1) * weights.config.decoder.layers)
    for (const name of caches) expect(arrays[name]).toBeInstanceOf(kind)
  }
  const isNarrow = (part: (typeof parts)[number]) =>
    / (memory|cache)\.\d+(\[[\d:]+\])? in bfloat16/.test(programOf(part, weights, generationDefaults).toString())
  expect(parts.map(isNarrow)).toEqual([kind === Uint16Array, kind === Uint16Array, false])
})
