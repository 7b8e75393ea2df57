import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { SourceEncoder } from '#dist/engine/decode/step/encoder.js'
import { statesOf, statesOfFrames } from '#dist/engine/decode/step/index.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { SampleFront } from '#dist/engine/speech/index.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { expectError } from '../../formats/raw-safetensors.ts'
import { edit, rewrite, scratch } from './edited-folder.ts'
import { goldenOf, optionsOf, rootOf } from './seq2seq-goldens.ts'

describe.each(['moonshine', 'moonshine-half-rotary', 'speech-to-text'])('%s', (family) => {
  if (!existsSync(rootOf(family))) return it.skip(`${family}: the shared goldens are absent`)
  const { weights, config } = loadFolder(join(rootOf(family), 'model'), { precision: 'float32' })
  const cases = goldenOf(family).cases

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())
    const front = config.sound!.front === 'samples' ? new SampleFront(player, weights) : null
    const sources = cases.map(({ input }) => {
      const sound = front?.frames(input) ?? input
      return { source: statesOf(statesOfFrames(config.sound!, sound.length / config.sound!.mels)), sound }
    })

    it('has the encoder states and the logits of transformers, alone and in a batch', () => {
      const encoder = new SourceEncoder(player, weights)
      const states = encoder.states(sources)
      cases.forEach((each, i) => expectClose(states[i], each.states, 1e-4))
      expectClose(encoder.states([sources[1]])[0], cases[1].states, 1e-4)
      const pairs = cases.map(({ target }, i) => ({ ...sources[i], target: [...target, 0] }))
      const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
      expectClose(
        logits,
        cases.flatMap((each) => Array.from(each.logits)),
        1e-4,
      )
    })

    it('searches as generate() does: greedily, and with four beams of four settings', () => {
      const generator = new Generator(player, weights, { batchTokens: 200 })
      const { end } = config.ids
      const searched = (i: number, given: GenerationOptions): Found[] => {
        let result: Found[] = []
        generator.add({ ...sources[i], options: given, done: (found) => (result = found) })
        while (generator.busy) generator.step()
        return result
      }
      const idsOf = (sequence: number[], ends: number) => {
        const last = sequence.indexOf(ends, 1)
        return sequence.slice(1, last < 0 ? undefined : last)
      }
      cases.forEach(({ greedy, settings, beams }, i) => {
        expect(searched(i, optionsOf({}))[0].ids.filter((id) => id !== end)).toEqual(idsOf(greedy, end))
        settings.forEach((each, k) => {
          const ends = (each.eos_token_id as number) ?? end
          const found = searched(i, { ...optionsOf(each), ends: [ends] })
          expect(found.map(({ ids }) => ids.filter((id) => id !== ends))).toEqual(
            beams[k].sequences.map((sequence) => idsOf(sequence, ends)),
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

  it('is written in our own layout with the same weights', () => {
    const folder = join(scratch, `${family}-own`)
    writeGlassformerFolder(folder, { weights, dtype: 'float32' })
    const again = loadFolder(folder, { precision: 'float32' })
    expect(again.config).toEqual(weights.config)
    for (const { name } of weights.parameters) expect(again.weights.get(name), name).toEqual(weights.get(name))
  })
})

describe('a damaged folder of Moonshine', () => {
  const damaged = (name: string) => {
    const folder = join(scratch, name)
    cpSync(join(rootOf('moonshine-half-rotary'), 'model'), folder, { recursive: true })
    return folder
  }
  const mlp = 'model.decoder.layers.1.mlp.fc1.weight'

  it.each(['model.encoder.groupnorm.bias', 'model.encoder.conv1.weight', 'model.encoder.conv3.bias', mlp])(
    'is refused without %s, and with another shape',
    (name) => {
      const without = rewrite(damaged(`without-${name}`), (tensors) => tensors.delete(name))
      expectError(() => loadFolder(without), 'ERR_MODEL_FORMAT')
      const other = rewrite(damaged(`other-${name}`), (tensors) =>
        tensors.set(name, { name, shape: [7], dtype: 'F32', values: new Float32Array(7) }),
      )
      expectError(() => loadFolder(other), 'ERR_MODEL_FORMAT')
    },
  )

  it.each([
    [{ decoder_num_key_value_heads: 1 }, 'ERR_UNSUPPORTED', 'grouped queries'],
    [{ rope_parameters: { rope_type: 'yarn' } }, 'ERR_UNSUPPORTED', 'scaled rotary'],
    [{ rope_parameters: { partial_rotary_factor: 0.3 } }, 'ERR_MODEL_FORMAT', 'an even number of 12 numbers'],
    [{ hidden_size: 48 }, 'ERR_MODEL_FORMAT', 'of another shape'],
    [{ decoder_hidden_act: 'mish' }, 'ERR_UNSUPPORTED', 'mish'],
  ])('is refused with %j in config.json', (changed, code, message) => {
    const folder = edit(damaged(`config-${Object.keys(changed)}-${message}`), 'config.json', (json) => {
      Object.assign(json, changed)
    })
    expectError(() => loadFolder(folder), code, message)
  })
})

describe('a damaged folder of Speech2Text', () => {
  const damaged = (name: string) => {
    const folder = join(scratch, `speech-${name}`)
    cpSync(join(rootOf('speech-to-text'), 'model'), folder, { recursive: true })
    return folder
  }

  it.each([
    [{ num_conv_layers: 3 }, 'ERR_UNSUPPORTED', 'two convolutions'],
    [{ conv_kernel_sizes: [5] }, 'ERR_MODEL_FORMAT', 'a list of two positive integers'],
    [{ conv_channels: 23 }, 'ERR_MODEL_FORMAT', 'an even number'],
    [{ input_feat_per_channel: 80 }, 'ERR_MODEL_FORMAT', 'of another shape'],
  ])('is refused with %j in config.json', (changed, code, message) => {
    const folder = edit(damaged(`${Object.keys(changed)}`), 'config.json', (json) => {
      Object.assign(json, changed)
    })
    expectError(() => loadFolder(folder), code, message)
  })

  it('is refused without a convolution', () => {
    const name = 'model.encoder.conv.conv_layers.1.weight'
    const without = rewrite(damaged('without'), (tensors) => tensors.delete(name))
    expectError(() => loadFolder(without), 'ERR_MODEL_FORMAT', name)
  })
})
