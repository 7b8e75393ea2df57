import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { listFor, type Shortlist } from '#dist/engine/decode/batch/shortlist.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { backends } from '../../backends.ts'
import { generate } from './generate.ts'
import { watched } from './watched.ts'

const golden = fileURLToPath(new URL('../../golden/hub/marian-f16/', import.meta.url))
const { config } = loadFolder(`${golden}model`)
const { input_ids, lengths } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))
const sources: number[][] = input_ids.map((ids: number[], i: number) => ids.slice(0, lengths[i]))
const { sourceVocabulary, targetVocabulary, ids: special } = config

const everything: Shortlist = {
  frequent: Int32Array.from({ length: targetVocabulary }, (_, id) => id),
  offsets: new Int32Array(sourceVocabulary + 1),
  targets: new Int32Array(0),
}

/** Source token s may become 3 s to 3 s + 4 (within the vocabulary). */
const few: Shortlist = {
  frequent: Int32Array.from([5, 6, 7]),
  offsets: Int32Array.from({ length: sourceVocabulary + 1 }, (_, s) => 5 * s),
  targets: Int32Array.from(
    { length: 5 * sourceVocabulary },
    (_, i) => (3 * Math.floor(i / 5) + (i % 5)) % targetVocabulary,
  ),
}

const variants: GenerationOptions[] = [
  {},
  { beams: 4, alternatives: 4 },
  { beams: 3, alternatives: 3, renormalize: true, noRepeatNgram: 2, repetitionPenalty: 1.2, suppress: [6] },
  { beams: 2, lengthPenaltyForm: 'gnmt', minTokens: 4, forcedFirst: 11, forcedLast: special.end } as const,
].map((options) => ({ ...generationDefaults, maxTokens: 12, ...options }))

it('a list has the frequent tokens, the translations of the source and the end, each once and ascending', () => {
  const shortlist: Shortlist = {
    frequent: Int32Array.from([9, 2]),
    offsets: Int32Array.from([0, 2, 2, 5]),
    targets: Int32Array.from([4, 9, 2, 7, 1]),
  }
  expect([...listFor(shortlist, [2, 0, 2], 0)]).toEqual([0, 1, 2, 4, 7, 9])
  expect([...listFor(shortlist, [1], 9)]).toEqual([2, 9])
})

it('lists stay when others need more room, and released rows are reused', () => {
  const player = backends[0].make()
  const { weights } = loadFolder(`${golden}model`)
  let room = 0
  const watching = watched(player, (play, { symbols }, rows) => {
    room = Math.max(room, rows[symbols.indexOf('L')] ?? 0)
    play()
  })
  const listed = { ...variants[0], shortlist: true }
  const found = generate(watching, weights, sources, listed, undefined, everything)
  const enough = room
  const many = Array(10).fill(sources).flat()
  expect(generate(watching, weights, many, listed, undefined, everything)).toEqual(Array(10).fill(found).flat())
  expect(room).toBeGreaterThan(enough)
  room = 0
  generate(watching, weights, many, listed, 20, everything)
  expect(room).toBe(enough)
  player.close()
})

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['float32', 'bfloat16', 'int8'] as const)(
    'a shortlist of the whole vocabulary changes nothing, in %s',
    (precision) => {
      const { weights } = loadFolder(`${golden}model`, { precision })
      for (const options of variants) {
        const plain = generate(player, weights, sources, options)
        const listed = generate(player, weights, sources, { ...options, shortlist: true }, undefined, everything)
        expect(listed.map((found) => found.map(({ ids }) => ids))).toEqual(
          plain.map((found) => found.map(({ ids }) => ids)),
        )
        const scoresOf = (found: Found[][]) => found.flat().flatMap(({ scores }) => scores)
        const expected = scoresOf(plain)
        if (precision === 'int8') expect(scoresOf(listed)).toEqual(expected)
        else scoresOf(listed).forEach((score, i) => expect(score).toBeCloseTo(expected[i], 4))
      }
    },
  )

  it('every token but a forced one is in the list of its source, and a sentence is translated as if it were alone', () => {
    const { weights } = loadFolder(`${golden}model`, { precision: 'int8' })
    for (const options of variants) {
      const listed = { ...options, shortlist: true }
      const together = generate(player, weights, sources, listed, undefined, few)
      sources.forEach((source, i) => {
        const list = [...listFor(few, source, special.end)]
        const first = options.forcedFirst === null ? 0 : 1
        for (const { ids } of together[i]) {
          expect(ids.slice(first).filter((id) => !list.includes(id))).toEqual([])
          if (first) expect(ids[0]).toBe(11)
          for (const id of options.suppress) expect(ids).not.toContain(id)
        }
        expect(generate(player, weights, [source], listed, undefined, few)[0]).toEqual(together[i])
      })
    }
  })

  it('sentences with and without a list go side by side', () => {
    const { weights } = loadFolder(`${golden}model`, { precision: 'int8' })
    const generator = new Generator(player, weights, { batchTokens: 40, shortlist: few })
    const found: Found[][] = []
    const optionsOf = (i: number) => ({ ...variants[1], shortlist: i % 2 === 1 })
    const done = (i: number) => (best: Found[]) => {
      found[i] = best
    }
    sources.forEach((source, i) => {
      generator.add({ source, options: optionsOf(i), done: done(i) })
    })
    while (generator.busy) generator.step()
    sources.forEach((source, i) => {
      expect(found[i]).toEqual(generate(player, weights, [source], optionsOf(i), undefined, few)[0])
    })
  })
})
