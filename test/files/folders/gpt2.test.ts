import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { writingOwnLayout } from '#dist/files/folders/rewrite-folder.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { generate } from '../../engine/decode/generate.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

/** A small random GPT-2 that transformers 5.24 has written, with its logits, and what its generate() finds. */
const golden = fileURLToPath(new URL('../../golden/more/gpt2/', import.meta.url))
const model = `${golden}model`
const scratch = scratchFolder()

interface Case {
  source: number[]
  target: number[]
  greedy: number[]
  beam4: number[][]
  scores: number[]
}
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))

function tensorsIn(path: string): Record<string, Float32Array> {
  const source = openSafetensors(path)
  const tensors: Record<string, Float32Array> = {}
  for (const [name, { shape }] of source.tensors) {
    tensors[name] = new Float32Array(shape.reduce((a, b) => a * b))
    source.readFloats(name, tensors[name])
  }
  source.close()
  return tensors
}
const expected = tensorsIn(`${golden}expected.safetensors`)

/** The logits of each position: a text's last id is predicted and not read, so that any id may follow. */
const logitsOf = (decoder: ForcedDecoder, { source, target }: Case) => {
  const [first, ...rest] = [...source, ...target, 0]
  return decoder.trace([{ source: [first], target: rest }], ['output.out'])[0]
}

const loaded = (folder: string, precision: Exclude<Encoding, 'float32panels'> = 'float32') =>
  loadFolder(folder, { precision, panels: precision !== 'float32' }).weights

function withConfig(folder: string, json: object): string {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json))
  return folder
}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())
  const weights = loaded(model)

  it('has the logits of GPT2LMHeadModel at every position', () => {
    const decoder = new ForcedDecoder(player, weights)
    cases.forEach((each, i) => expectClose(logitsOf(decoder, each), expected[`logits.${i}`], 1e-4))
  })

  it('scores what follows a text, whatever is in its batch', () => {
    const decoder = new ForcedDecoder(player, weights)
    const together = decoder.score(cases)
    const { targetVocabulary: width } = weights.config
    cases.forEach(({ source, target }, i) => {
      const logits = expected[`logits.${i}`]
      const own = target.map((id, t) => {
        const row = logits.subarray((source.length - 1 + t) * width, (source.length + t) * width)
        return row[id] - Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))
      })
      expectClose(together[i], Float32Array.from(own), 1e-4)
      expect(decoder.score([cases[i]])[0]).toEqual(together[i])
    })
  })

  it('goes on with prompts greedily as generate() does, all at once', () => {
    const options = { ...generationDefaults, maxTokens: 12, loops: 'keep' } as const
    const found = generate(
      player,
      weights,
      cases.map(({ source }) => source),
      options,
    )
    expect(found.map(([{ ids }]) => ids)).toEqual(cases.map(({ greedy }) => greedy))
  })

  it('finds the four best hypotheses of generate() with four beams, and their scores', () => {
    const options = { ...generationDefaults, beams: 4, alternatives: 4, maxTokens: 12, loops: 'keep' } as const
    const found = generate(
      player,
      weights,
      cases.map(({ source }) => source),
      options,
    )
    found.forEach((four, i) => {
      expect(four.map(({ ids }) => ids)).toEqual(cases[i].beam4)
      expectClose(
        Float32Array.from(four, ({ score }) => score),
        Float32Array.from(cases[i].scores),
        1e-4,
      )
    })
  })

  it.each([
    ['bfloat16', 0.03],
    ['int8', 0.1],
  ] as const)('has about these logits in %s', (precision, tolerance) => {
    const decoder = new ForcedDecoder(player, loaded(model, precision))
    cases.forEach((each, i) => expectClose(logitsOf(decoder, each), expected[`logits.${i}`], tolerance))
  })
})

describe('folders', () => {
  const player = new JsPlayer()
  const logits = (weights: Weights) => cases.map((each) => logitsOf(new ForcedDecoder(player, weights), each))
  const exactly = logits(loaded(model))

  it('is read as a model of our own layout', () => {
    for (const _ of writingOwnLayout(model, join(scratch, 'own')));
    const { config, weights } = { ...loadFolder(join(scratch, 'own')), weights: loaded(join(scratch, 'own')) }
    expect(config).toEqual(loadFolder(model).config)
    expect(logits(weights)).toEqual(exactly)
  })

  it('is stored in int8, and from there in float32 with the tensors of GPT-2', () => {
    const [int8, float32] = [join(scratch, 'int8'), join(scratch, 'float32')]
    convertFolder(model, int8, 'int8')
    expect(loadFolder(int8)).toMatchObject({ storedAs: 'int8' })
    const quantized = logits(loaded(int8))
    quantized.forEach((own, i) => expectClose(own, expected[`logits.${i}`], 0.1))
    convertFolder(int8, float32, 'float32')
    const shapes = (folder: string) => {
      const source = openSafetensors(join(folder, 'model.safetensors'))
      source.close()
      return Object.fromEntries([...source.tensors].map(([name, { shape }]) => [name, shape]))
    }
    expect(shapes(float32)).toEqual(shapes(model))
    expect(logits(loaded(float32))).toEqual(quantized)
  })

  it('is written with the tensors that were read', () => {
    const to = join(scratch, 'written')
    const { weights, generation } = loadFolder(model, { precision: 'float32' })
    writeHuggingFaceFolder(to, { weights, generation, dtype: 'float32', tokenizer: { kind: 'none' } })
    expect(tensorsIn(join(to, 'model.safetensors'))).toEqual(tensorsIn(`${model}/model.safetensors`))
    expect(loadFolder(to).config).toEqual(loadFolder(model).config)
  })

  it('refuses what is not computed', () => {
    const to = join(scratch, 'scaled')
    cpSync(model, to, { recursive: true })
    const json = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8'))
    for (const name of ['scale_attn_by_inverse_layer_idx', 'add_cross_attention'])
      expect(() => loadFolder(withConfig(to, { ...json, [name]: true }))).toThrow(
        expect.objectContaining({ code: 'ERR_UNSUPPORTED' }),
      )
    expect(() => loadFolder(withConfig(to, { ...json, n_head: 5 }))).toThrow(/n_head must be a divisor of n_embd/)
  })
})
