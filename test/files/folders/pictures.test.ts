import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { SourceIds } from '#dist/base/choices/position-kinds.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { SourceEncoder } from '#dist/engine/decode/step/encoder.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { patchesOf } from '#dist/engine/model/patches.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { expectError } from '../../formats/raw-safetensors.ts'
import { edit, rewrite, scratch } from './edited-folder.ts'
import { goldenOf, optionsOf, rootOf } from './seq2seq-goldens.ts'

describe.each(['trocr-vit', 'trocr-deit', 'vit-gpt2'])('%s', (family) => {
  if (!existsSync(rootOf(family))) return it.skip(`${family}: the shared goldens are absent`)
  const { weights, config } = loadFolder(join(rootOf(family), 'model'), { precision: 'float32' })
  const cases = goldenOf(family).cases.map((each) => ({ ...each, source: patchesOf(each.input, config.picture!) }))

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it('has the encoder states and the logits of transformers, alone and in a batch', () => {
      const states = new SourceEncoder(player, weights).states(cases.map(({ source }) => ({ source })))
      cases.forEach((each, i) => expectClose(states[i], each.states, 1e-4))
      const pairs = cases.map(({ source, target }) => ({ source, target: [...target, 0] }))
      const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
      expectClose(
        logits,
        cases.flatMap((each) => Array.from(each.logits)),
        1e-4,
      )
    })

    const searched = (sources: readonly SourceIds[], given: Record<string, number | boolean>): Found[][] => {
      const generator = new Generator(player, weights, { batchTokens: 200, shortlist: null })
      const results: Found[][] = []
      sources.forEach((source, i) => {
        generator.add({ source, options: optionsOf(given), done: (found) => (results[i] = found) })
      })
      while (generator.busy) generator.step()
      return results
    }

    it('searches as generate() does: greedily, and with four beams of three settings', () => {
      const { end } = config.ids
      const idsOf = (sequence: number[]) => {
        const last = sequence.indexOf(end, 1)
        return sequence.slice(1, last < 0 ? undefined : last)
      }
      const greedy = searched(
        cases.map(({ source }) => source),
        {},
      )
      cases.forEach(({ greedy: expected }, i) => {
        expect(greedy[i][0].ids.filter((id) => id !== end)).toEqual(idsOf(expected))
      })
      for (const { settings, beams, source } of cases)
        settings.forEach((each, k) => {
          if (each.eos_token_id !== undefined) return
          const [found] = searched([source], each)
          expect(found.map(({ ids }) => ids.filter((id) => id !== end))).toEqual(beams[k].sequences.map(idsOf))
          expectClose(
            found.map(({ score }) => score),
            beams[k].scores,
            1e-4,
          )
        })
    })
  })

  it('is written in our own layout with the same weights', () => {
    const folder = join(scratch, `${family}-own`)
    writeGlassformerFolder(folder, { weights, dtype: 'float32' })
    const again = loadFolder(folder, { precision: 'float32' })
    expect(again.config).toEqual(weights.config)
    for (const { name } of weights.parameters) expect(again.weights.get(name), name).toEqual(weights.get(name))
  })

  const damaged = (name: string) => {
    const folder = join(scratch, `${family}-${name}`)
    cpSync(join(rootOf(family), 'model'), folder, { recursive: true })
    return folder
  }

  it.each([
    'encoder.embeddings.cls_token',
    'encoder.embeddings.position_embeddings',
    'encoder.embeddings.patch_embeddings.projection.weight',
    'encoder.embeddings.patch_embeddings.projection.bias',
    'encoder.encoder.layer.1.layernorm_before.bias',
  ])('is refused without %s, and with another shape', (name) => {
    const without = rewrite(damaged(`without-${name}`), (tensors) => tensors.delete(name))
    expectError(() => loadFolder(without), 'ERR_MODEL_FORMAT')
    const other = rewrite(damaged(`other-${name}`), (tensors) =>
      tensors.set(name, { name, shape: [7], dtype: 'F32', values: new Float32Array(7) }),
    )
    expectError(() => loadFolder(other), 'ERR_MODEL_FORMAT')
  })

  it('is refused with an encoder of another kind, and with a patch that does not fit', () => {
    const change = (name: string, key: string, value: unknown) =>
      edit(damaged(name), 'config.json', (json) => {
        ;(json.encoder as Record<string, unknown>)[key] = value
      })
    expectError(
      () => loadFolder(change('swin', 'model_type', 'donut-swin')),
      'ERR_UNSUPPORTED',
      "VisionEncoderDecoderModel of 'donut-swin'",
    )
    expectError(() => loadFolder(change('patch', 'patch_size', 5)), 'ERR_MODEL_FORMAT')
  })
})
