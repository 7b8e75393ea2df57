import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/backend/js/player.js'
import { generationDefaults } from '#dist/decode/options.js'
import { loadFolder } from '#dist/folders/load.js'
import { Engine } from '#dist/translate/engine.js'
import { translateSync } from '#dist/translate/translate-sync.js'

const golden = fileURLToPath(new URL('../golden/hub/marian-f16/', import.meta.url))
const model = loadFolder(`${golden}model`)
const { input_ids, lengths } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))
const sources: number[][] = input_ids.map((ids: number[], i: number) => ids.slice(0, lengths[i]))
const generation = { ...generationDefaults, maxTokens: 12 }
const options = { generation, split: 'auto' as const, attention: false }

/** A tokenizer that fails at writing targets for as long as it is told to. */
let failing = false
const tokenizer = {
  sourceSize: 97,
  encode: () => [1],
  encodeTarget: () => [1],
  decode(ids: readonly number[]) {
    if (failing) throw new Error('cannot write this')
    return ids.join(' ')
  },
  piece: String,
  sourcePiece: String,
}

describe('an engine', () => {
  let engine: Engine
  beforeEach(() => {
    failing = false
    engine = new Engine(model, tokenizer, new JsPlayer(), 2048)
  })
  afterEach(() => engine.close())

  it.each([false, true])(
    'fails the group whose result cannot be made, once, and goes on (streaming: %s)',
    (streaming) => {
      const failures: unknown[] = []
      const fail = (error: unknown) => failures.push((error as Error).message)
      const done = () => expect.unreachable()
      const piece = streaming ? () => {} : undefined
      for (const source of sources) engine.add({ group: 'a', source, options, done, fail, piece })
      failing = true
      while (engine.busy) engine.step()
      failing = false
      expect(failures).toEqual(['cannot write this'])
      expect(engine.broken).toBe(false)
      expect(translateSync(engine, sources, options)).toHaveLength(sources.length)
    },
  )

  it('throws what a result could not be made of on the calling thread', () => {
    failing = true
    expect(() => translateSync(engine, sources, options)).toThrow('cannot write this')
    expect(engine.busy).toBe(false)
  })

  it('is broken after a step that throws', () => {
    const impossible = { ...options, generation: { ...generation, suppress: [1e6] } }
    expect(() => translateSync(engine, sources, impossible)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
    expect(engine.broken).toBe(true)
  })

  it('cancels one group and not another', () => {
    const reported: string[] = []
    for (const group of ['a', 'b'])
      engine.add({ group, source: sources[3], options, done: () => reported.push(group), fail: expect.unreachable })
    engine.step()
    engine.cancel('a')
    while (engine.busy) engine.step()
    expect(reported).toEqual(['b'])
  })
})
