import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { SourceEncoder } from '#dist/engine/decode/step/encoder.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import type { TokenizerContents, TokenizerFiles } from '#dist/files/folders/tokenizers/tokenizer-files.js'
import type { TensorToWrite } from '#dist/formats/tensors/safetensors-writer.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { expectError } from '../../formats/raw-safetensors.ts'
import { edit, rewrite, scratch } from './edited-folder.ts'
import { goldenOf, optionsOf, rootOf } from './seq2seq-goldens.ts'

/** The folders of families; sequences of SeamlessM4T begin with the start and a language. */
const families = [
  ...['plbart', 'mvp', 'blenderbot-small', 'umt5', 'umt5-untied', 'fsmt', 'bert2bert', 'bigbird-pegasus-full'],
  'roberta2gpt2',
  ...['nllb-moe', 'mvp-prompt', 'bigbird-pegasus-sparse', 'pegasus-x'],
  ...['seamless-m4t', 'seamless-m4t-v2'],
]

/** Searches for the translations of sources after a beginning, in the order of the sources. */
function searched(
  { player, weights, begin }: { player: Player; weights: Weights; begin: number[] },
  sources: readonly (readonly number[])[],
  options: GenerationOptions,
): Found[][] {
  const generator = new Generator(player, weights, { batchTokens: 200, shortlist: null })
  const results: Found[][] = []
  sources.forEach((source, i) => {
    generator.add({ source, options, begin, done: (found) => (results[i] = found) })
  })
  while (generator.busy) generator.step()
  return results
}

describe.each(families)('%s', (family) => {
  if (!existsSync(rootOf(family))) return it.skip(`${family}: the shared goldens are absent`)
  const model = loadFolder(`${rootOf(family)}/model`, { precision: 'float32' })
  const { weights, config } = model
  const { cases, tokenizer } = goldenOf(family)

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it('has the encoder states and the logits of transformers, alone and in a batch', () => {
      const states = new SourceEncoder(player, weights).states(cases.map(({ source }) => ({ source })))
      cases.forEach((each, i) => expectClose(states[i], each.states, 1e-4))
      // transformers computes FSMT's forced targets without a causal mask; its searches are compared below.
      if (family === 'fsmt') return
      // The golden decoder reads the whole target after the start; the last id is predicted by nothing here.
      const pairs = cases.map(({ source, target }) => ({ source, target: [...target, 0] }))
      const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
      expectClose(
        logits,
        cases.flatMap((each) => Array.from(each.logits)),
        1e-4,
      )
    })

    it('searches as generate() does: greedily, and with four beams of four settings', () => {
      const { start, end } = config.ids
      const begin = [start!, ...(family.startsWith('seamless') ? [91] : [])]
      const on = { player, weights, begin }
      const sources = cases.map(({ source }) => source)
      const greedy = searched(on, sources, optionsOf({ num_beams: 1, num_return_sequences: 1 }))
      const idsOf = (sequence: number[], ends: number) => {
        expect(sequence.slice(0, begin.length)).toEqual(begin)
        const last = sequence.indexOf(ends, begin.length)
        return sequence.slice(begin.length, last < 0 ? undefined : last)
      }
      cases.forEach(({ greedy: expected }, i) => {
        expect(greedy[i][0].ids.filter((id) => id !== end)).toEqual(idsOf(expected, end))
      })
      cases.forEach(({ settings, beams, source }) => {
        settings.forEach((each, k) => {
          if (each.eos_token_id !== undefined) return
          const [found] = searched(on, [source], optionsOf(each))
          expect(found.map(({ ids }) => ids.filter((id) => id !== end))).toEqual(
            beams[k].sequences.map((sequence) => idsOf(sequence, end)),
          )
          expectClose(
            found.map(({ score }) => score),
            beams[k].scores,
            1e-4,
          )
        })
      })
    })
  })

  // Matrices of 32 columns whose numbers are random: rounding takes 4 to 13 % of the logits' size.
  it('has about these logits in int8', () => {
    if (family === 'fsmt') return
    const player = new JsPlayer()
    const { weights } = loadFolder(`${rootOf(family)}/model`, { precision: 'int8', panels: true })
    const pairs = cases.map(({ source, target }) => ({ source, target: [...target, 0] }))
    const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
    player.close()
    const golden = cases.flatMap((each) => Array.from(each.logits))
    const size = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
    const far = size(golden.map((value, i) => value - logits[i])) / size(golden)
    expect(far).toBeGreaterThan(0)
    expect(far).toBeLessThan(0.15)
  })

  if (tokenizer)
    it('has the ids and texts of its tokenizer in Python', () => {
      const made = createTokenizer(model.tokenizer)!
      for (const { text, ids, decoded, decoded_skip_special } of tokenizer.lines) {
        expect(made.encode(text)).toEqual(ids)
        // FSMT's ids are those of the source, and Python decodes them by the target's vocabulary where that has them.
        const isForeign = ids.some((id) => id >= made.targetSize)
        if (family !== 'fsmt') expect(made.decode(ids, { special: true })).toBe(decoded)
        if (!isForeign) expect(made.decode(ids)).toBe(decoded_skip_special)
      }
    })
})

/** Folders whose models are not read, and the parts that the message must name. */
const refused: Record<string, RegExp> = {
  prophetnet: /ProphetNetForConditionalGeneration.*n-gram/,
  t5gemma: /T5GemmaForConditionalGeneration.*soft caps/,
  t5gemma2: /T5Gemma2ForConditionalGeneration.*one softmax/,
  donut: /VisionEncoderDecoderModel of 'donut-swin'/,
  pix2struct: /Pix2StructForConditionalGeneration.*patches/,
}

it.each(Object.entries(refused))('refuses %s, and names its class and what is missing', (family, message) => {
  if (!existsSync(rootOf(family))) return
  expect(() => loadFolder(`${rootOf(family)}/model`)).toThrow(message)
})

/** Folders of these families as they are written again, and the class of the written folder. */
const written: Record<string, string> = {
  plbart: 'BartForConditionalGeneration',
  mvp: 'BartForConditionalGeneration',
  'blenderbot-small': 'BlenderbotSmallForConditionalGeneration',
  umt5: 'UMT5ForConditionalGeneration',
  'umt5-untied': 'UMT5ForConditionalGeneration',
  'nllb-moe': 'NllbMoeForConditionalGeneration',
}

it.each(Object.entries(written))('writes %s again with the same weights, as %s', (family, name) => {
  if (!existsSync(rootOf(family))) return
  const { weights, tokenizer, generation } = loadFolder(`${rootOf(family)}/model`, { precision: 'float32' })
  const folder = join(scratch, family)
  writeHuggingFaceFolder(folder, { weights, dtype: 'float32', tokenizer: contentsOf(tokenizer), generation })
  expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')).architectures).toEqual([name])
  const again = loadFolder(folder, { precision: 'float32' })
  expect(again.config).toEqual(weights.config)
  for (const { name: weight } of weights.parameters)
    expect(again.weights.get(weight), weight).toEqual(weights.get(weight))
})

/** The contents of tokenizer files without their place. */
function contentsOf(files: TokenizerFiles): TokenizerContents {
  if (files.kind === 'none') return files
  const { where: _, model: __, ...contents } = files
  return contents as TokenizerContents
}

it('refuses BERT2BERT without a weight, and with a table of segments of another width', () => {
  const damaged = (name: string, change: (tensors: Map<string, TensorToWrite>) => void) => {
    const folder = join(scratch, name)
    cpSync(`${rootOf('bert2bert')}/model`, folder, { recursive: true })
    return rewrite(folder, change)
  }
  const cross = 'decoder.bert.encoder.layer.1.crossattention.self.key.weight'
  const without = damaged('without', (tensors) => tensors.delete(cross))
  expectError(() => loadFolder(without), 'ERR_MODEL_FORMAT', cross)
  const segments = 'encoder.embeddings.token_type_embeddings.weight'
  const narrow = damaged('narrow', (tensors) =>
    tensors.set(segments, { name: segments, shape: [2, 3], dtype: 'F32', values: new Float32Array(6) }),
  )
  expectError(() => loadFolder(narrow), 'ERR_MODEL_FORMAT', segments)
})

describe('a decoder that is GPT-2', () => {
  const folder = `${rootOf('roberta2gpt2')}/model`

  it('is written in our own layout with the same weights, and in that of transformers not at all', () => {
    const { weights, generation } = loadFolder(folder, { precision: 'float32' })
    const own = join(scratch, 'roberta2gpt2-own')
    writeGlassformerFolder(own, { weights, dtype: 'float32' })
    const again = loadFolder(own, { precision: 'float32' })
    expect(again.config).toEqual(weights.config)
    for (const { name } of weights.parameters) expect(again.weights.get(name), name).toEqual(weights.get(name))
    const other = { weights, generation, dtype: 'float32' as const, tokenizer: { kind: 'none' as const } }
    expectError(
      () => writeHuggingFaceFolder(join(scratch, 'roberta2gpt2-hf'), other),
      'ERR_UNSUPPORTED',
      'its encoder has a width',
    )
  })

  const copied = (name: string) => {
    const made = join(scratch, `roberta2gpt2-${name}`)
    cpSync(folder, made, { recursive: true })
    return made
  }
  const sides = (json: Record<string, unknown>) => json as Record<string, Record<string, unknown>>

  it.each(['decoder.transformer.h.1.crossattention.c_attn.weight', 'enc_to_dec_proj.weight'])(
    'is refused without %s',
    (name) => {
      const damaged = rewrite(copied(name), (tensors) => tensors.delete(name))
      expect(() => loadFolder(damaged)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }))
    },
  )

  it('is refused without attention to the source, and after an encoder of another kind', () => {
    const alone = edit(copied('alone'), 'config.json', (json) => {
      sides(json).decoder.add_cross_attention = false
    })
    expectError(() => loadFolder(alone), 'ERR_UNSUPPORTED', 'add_cross_attention')
    const other = edit(copied('other'), 'config.json', (json) => {
      sides(json).encoder.model_type = 'electra'
    })
    expectError(() => loadFolder(other), 'ERR_UNSUPPORTED', "'electra' and 'gpt2'")
  })
})

describe('NLLB-MoE', () => {
  it.each([
    ['second_expert_policy', 'sampling'],
    ['router_dtype', 'bfloat16'],
    ['router_bias', true],
    ['moe_eval_capacity_token_fraction', 0.5],
  ] as const)('is refused with %s %s', (key, value) => {
    const folder = join(scratch, `nllb-moe-${key}`)
    cpSync(`${rootOf('nllb-moe')}/model`, folder, { recursive: true })
    edit(folder, 'config.json', (json) => {
      json[key] = value
    })
    expectError(() => loadFolder(folder), 'ERR_UNSUPPORTED', `NllbMoeForConditionalGeneration with ${key}`)
  })

  it('is refused without the bias of an expert', () => {
    const folder = join(scratch, 'nllb-moe-bias')
    cpSync(`${rootOf('nllb-moe')}/model`, folder, { recursive: true })
    const bias = 'model.decoder.layers.3.ffn.experts.expert_2.fc2.bias'
    expectError(() => loadFolder(rewrite(folder, (tensors) => tensors.delete(bias))), 'ERR_MODEL_FORMAT', bias)
  })
})

it.each(['bigbird-pegasus-sparse', 'pegasus-x'])('writes %s in our own layout alone', (family) => {
  const folder = `${rootOf(family)}/model`
  const { weights, generation } = loadFolder(folder, { precision: 'float32' })
  const own = join(scratch, `${family}-own`)
  writeGlassformerFolder(own, { weights, dtype: 'float32' })
  const again = loadFolder(own, { precision: 'float32' })
  expect(again.config).toEqual(weights.config)
  for (const { name } of weights.parameters) expect(again.weights.get(name), name).toEqual(weights.get(name))
  const other = { weights, generation, dtype: 'float32' as const, tokenizer: { kind: 'none' as const } }
  expectError(() => writeHuggingFaceFolder(join(scratch, `${family}-hf`), other), 'ERR_UNSUPPORTED', 'global tokens')
})

it.each([
  ['bigbird-pegasus-sparse', { attention_type: 'window' }, 'attention_type'],
  ['bigbird-pegasus-sparse', { num_random_blocks: -1 }, 'num_random_blocks'],
  ['pegasus-x', { block_size: 7 }, 'an even number'],
  ['pegasus-x', { num_global_tokens: 5 }, 'model.encoder.embed_global.weight'],
] as const)('refuses %s with %j', (family, changes, message) => {
  const folder = join(scratch, `${family}-${Object.keys(changes)[0]}`)
  cpSync(`${rootOf(family)}/model`, folder, { recursive: true })
  edit(folder, 'config.json', (json) => Object.assign(json, changes))
  expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', message)
})

describe('MVP with a prompt', () => {
  const folder = `${rootOf('mvp-prompt')}/model`

  it('is written in our own layout with the same weights, and in that of transformers not at all', () => {
    const { weights, generation } = loadFolder(folder, { precision: 'float32' })
    const own = join(scratch, 'mvp-prompt-own')
    writeGlassformerFolder(own, { weights, dtype: 'float32' })
    const again = loadFolder(own, { precision: 'float32' })
    expect(again.config).toEqual(weights.config)
    for (const { name } of weights.parameters) expect(again.weights.get(name), name).toEqual(weights.get(name))
    const other = { weights, generation, dtype: 'float32' as const, tokenizer: { kind: 'none' as const } }
    expectError(
      () => writeHuggingFaceFolder(join(scratch, 'mvp-prompt-hf'), other),
      'ERR_UNSUPPORTED',
      'learned keys and values',
    )
  })

  it.each(['prompt_embedding.weight', 'prompt_trans.2.bias'])(
    'is refused without %s, and with another shape',
    (part) => {
      const name = `model.decoder.cross_attn_prompt.${part}`
      const damaged = (kind: string, change: (tensors: Map<string, TensorToWrite>) => void) => {
        const copy = join(scratch, `mvp-prompt-${kind}-${part}`)
        cpSync(folder, copy, { recursive: true })
        return rewrite(copy, change)
      }
      expectError(() => loadFolder(damaged('without', (tensors) => tensors.delete(name))), 'ERR_MODEL_FORMAT', name)
      const other = { name, shape: [3], dtype: 'F32' as const, values: new Float32Array(3) }
      expectError(() => loadFolder(damaged('other', (tensors) => tensors.set(name, other))), 'ERR_MODEL_FORMAT', name)
    },
  )

  it('shows the attention among tokens, and keeps the prompt while its cache is swept', () => {
    const player = new JsPlayer()
    const { weights, config } = loadFolder(folder, { precision: 'float32' })
    const pair = { source: goldenOf('mvp-prompt').cases[0].source, target: [5, 6, 7] }
    const [{ values, queries, keys }] = new ForcedDecoder(player, weights).crossAttention(pair)
    for (let query = 0; query < queries; query++)
      expect(values.subarray(query * keys, (query + 1) * keys).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
    // Every sentence takes slots of its own, so that the cache is swept and grows under way.
    const sources = Array.from({ length: 24 }, (_, i) =>
      Array.from({ length: 5 + (i % 9) }, (_, j) => 3 + ((7 * i + j) % 90)),
    )
    const on = { player, weights, begin: [config.ids.start!] }
    const options = { ...optionsOf({ num_beams: 4, num_return_sequences: 1 }), maxTokens: 40 }
    const together = searched(on, sources, options)
    sources.forEach((source, i) => {
      const [[alone]] = searched(on, [source], options)
      expect(together[i][0].ids).toEqual(alone.ids)
      const [scores] = new ForcedDecoder(player, weights).score([{ source, target: alone.ids }])
      expectClose(alone.scores, scores, 1e-4)
    })
    player.close()
  })
})

describe('training of these families', () => {
  const step = (family: string, player: Player) => {
    const { weights } = loadFolder(`${rootOf(family)}/model`, { precision: 'float32' })
    return new TrainingStep(player, weights, {
      loss: { smoothing: 0, over: 'all' },
      dropout: { residual: 0, attention: 0, activation: 0 },
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
      clip: 1,
      seed: 1,
    })
  }

  it.each(['nllb-moe', 'mvp-prompt', 'pegasus-x'])('%s learns its targets', (family) => {
    const player = new JsPlayer()
    const learning = step(family, player)
    const pairs = goldenOf(family).cases.map(({ source, target }) => ({ source: source.slice(0, 21), target }))
    const tokens = pairs.reduce((sum, { target }) => sum + target.length, 0)
    const losses = Array.from({ length: 25 }, (_, i) => {
      const loss = learning.accumulate(pairs, i + 1, tokens)
      learning.update(i + 1, 0.01, learning.norm())
      return loss
    })
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2)
    player.close()
  })

  it('refuses the sparse blocks of BigBird', () => {
    const player = new JsPlayer()
    expectError(() => step('bigbird-pegasus-sparse', player), 'ERR_UNSUPPORTED', 'sparse blocks')
    player.close()
  })
})
