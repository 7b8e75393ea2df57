import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { Translator } from '#dist/index.js'

const folder = fileURLToPath(new URL('../../golden/hub/bart/model', import.meta.url))
const SOURCE = [5, 13, 36, 25, 2]
const OTHER = [7, 9, 2]
const error = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(folder, { workers: 1, precision: 'float32' })
})
afterAll(() => translator.close())

const idsOf = async (settings: Record<string, unknown>, source: readonly number[] = SOURCE) =>
  (await translator.generate(source, settings)).map(({ ids }) => ids)

describe('generate', () => {
  it('returns a list for one source, or a list of lists, with the start in the sequence', async () => {
    const one = await translator.generate(SOURCE, { num_beams: 3, num_return_sequences: 2 })
    const many = await translator.generate([SOURCE, OTHER], { num_beams: 3, num_return_sequences: 2 })
    expect(many[0]).toEqual(one)
    expect(one).toHaveLength(2)
    expect(one[0].sequence).toEqual([2, ...one[0].ids])
    expect(one[0].tokenScores).toHaveLength(one[0].ids.length)
    expect(await translator.generate([])).toEqual([])
  })

  it('prepends the start to prompts unless they begin with it, and counts prompts only in max_length', async () => {
    const settings = { max_length: 8, forced_eos_token_id: null, suppress_tokens: [2] }
    const [after] = await translator.generate(SOURCE, { ...settings, decoder_input_ids: [13, 25] })
    expect(after.sequence.slice(0, 3)).toEqual([2, 13, 25])
    expect(after.ids).toHaveLength(5)
    const both = await translator.generate([SOURCE, OTHER], { ...settings, decoder_input_ids: [[2, 13], [25]] })
    expect(both.map(([{ sequence, ids }]) => sequence.slice(0, -ids.length))).toEqual([[2, 13], [25]])
    await expect(translator.generate(SOURCE, { max_length: 3, decoder_input_ids: [1, 3, 4] })).rejects.toEqual(
      error('ERR_OPTION', /max_length must be an integer of at least 5/),
    )
  })

  it('stops after 20 tokens if no setting limits the length', async () => {
    const [ids] = await idsOf({ max_length: null, forced_eos_token_id: null, suppress_tokens: [2] })
    expect(ids).toHaveLength(20)
  })

  it('samples the same with the same seed, whatever else is in the batch, and something else with another', async () => {
    for (const settings of [
      { do_sample: true, num_return_sequences: 4, seed: 7 },
      { do_sample: true, num_return_sequences: 4, seed: 7, top_k: 0, top_p: 0.9, temperature: 1.5 },
      { do_sample: true, num_beams: 3, num_return_sequences: 2, seed: 7, temperature: 2 },
    ]) {
      const alone = await translator.generate(SOURCE, settings)
      const [[, again]] = await Promise.all([
        translator.generate([OTHER, SOURCE], settings),
        translator.generate([OTHER, OTHER], { num_beams: 2 }),
      ])
      expect(again.map(({ ids }) => ids)).toEqual(alone.map(({ ids }) => ids))
      const { seed, ...unseeded } = settings
      expect(await idsOf({ ...unseeded, seed: seed + 1 })).not.toEqual(alone.map(({ ids }) => ids))
    }
  })

  it('draws the same whether it sees only the best tokens or the whole vocabulary', async () => {
    const settings = { do_sample: true, num_return_sequences: 3, seed: 3, top_k: 20, repetition_penalty: 1.2 }
    const whole = await idsOf({ ...settings, remove_invalid_values: true })
    expect(await idsOf(settings)).toEqual(whole)
  })

  it('draws tokens as often as their probability says', async () => {
    const settings = {
      do_sample: true,
      top_k: 0,
      max_new_tokens: 1,
      forced_eos_token_id: null,
      num_return_sequences: 1000,
    }
    const samples = await translator.generate(SOURCE, { ...settings, seed: 1 })
    const counts = new Map<number, { count: number; chance: number }>()
    for (const { ids, tokenScores } of samples) {
      const { count = 0 } = counts.get(ids[0]) ?? {}
      counts.set(ids[0], { count: count + 1, chance: Math.exp(tokenScores[0]) })
    }
    for (const { count, chance } of counts.values()) {
      const spread = Math.sqrt(1000 * chance * (1 - chance))
      if (chance > 0.02) expect(Math.abs(count - 1000 * chance)).toBeLessThan(4.5 * spread)
    }
    expect(counts.size).toBeGreaterThan(3)
  })

  it('calls functions on this thread: processors after those of the settings, and allowed prefixes', async () => {
    const seen: number[][] = []
    const [ids] = await idsOf({
      num_beams: 1,
      max_new_tokens: 3,
      forced_eos_token_id: null,
      logits_processor: (before: number[], logits: Float32Array) => {
        seen.push(before)
        return logits.map((_, id) => (id === 40 + before.length ? 1 : -Infinity))
      },
    })
    expect(ids).toEqual([41, 42, 43])
    expect(seen).toEqual([[2], [2, 41], [2, 41, 42]])
    const found = await translator.generate([SOURCE, OTHER], {
      num_beams: 2,
      prefix_allowed_tokens_fn: (sentence: number, before: number[]) => (before.length < 4 ? [50 + sentence] : [2]),
    })
    expect(found.map(([{ ids }]) => ids)).toEqual([
      [50, 50, 50, 2],
      [51, 51, 51, 2],
    ])
    const plain = await idsOf({ num_beams: 4, num_return_sequences: 4 })
    expect(await idsOf({ num_beams: 4, num_return_sequences: 4, logits_processor: () => {} })).toEqual(plain)
  })

  it('fails with the error that a function throws, and stays usable', async () => {
    const failing = translator.generate(SOURCE, {
      logits_processor: () => {
        throw new RangeError('mine')
      },
    })
    await expect(failing).rejects.toThrow(new RangeError('mine'))
    await expect(translator.generate(SOURCE, { prefix_allowed_tokens_fn: () => [] })).rejects.toEqual(
      error('ERR_INPUT', /prefix_allowed_tokens_fn must return a list of one or more ids/),
    )
    await expect(translator.generate(SOURCE, { logits_processor: () => [1] })).rejects.toEqual(
      error('ERR_INPUT', /a logits processor must return 97 numbers/),
    )
    const controller = new AbortController()
    const stopped = translator.generate(SOURCE, {
      signal: controller.signal,
      logits_processor: () => controller.abort(),
    })
    await expect(stopped).rejects.toEqual(error('ERR_ABORTED', /aborted/))
    expect(await idsOf({ logits_processor: () => {} })).toEqual(await idsOf({}))
  })

  it('passes a streamer the ids of each source as they become certain, on other threads and on this one', async () => {
    for (const further of [{}, { logits_processor: () => {} }]) {
      const told: number[][][] = [[], []]
      const streamer = (source: number, ids: readonly number[]) => void told[source].push([...ids])
      const found = await translator.generate([SOURCE, OTHER], { max_length: 9, streamer, num_beams: 2, ...further })
      told.forEach((all, source) => {
        for (const ids of all) expect(ids).toEqual(found[source][0].ids.slice(0, ids.length))
        for (const [k, { length }] of all.slice(1).entries()) expect(length).toBeGreaterThan(all[k].length)
      })
      expect(told.flat().length).toBeGreaterThan(2)
      const failing = translator.generate(SOURCE, {
        max_length: 9,
        num_beams: 1,
        forced_eos_token_id: null,
        suppress_tokens: [2],
        streamer: () => {
          throw new RangeError('mine')
        },
        ...further,
      })
      await expect(failing).rejects.toThrow(new RangeError('mine'))
    }
    await expect(translator.generate(SOURCE, { streamer: 5 as never })).rejects.toEqual(
      error('ERR_OPTION', /streamer must be a function/),
    )
  })

  it('cuts a search that takes longer than max_time', async () => {
    const [{ ids, finishReason }] = await translator.generate(SOURCE, {
      max_time: 1e-9,
      max_length: 60,
      suppress_tokens: [2],
      forced_eos_token_id: null,
    })
    expect([ids.length, finishReason]).toEqual([1, 'length'])
  })

  it.each([
    [{ num_beems: 2 }, 'ERR_OPTION', /unknown setting 'num_beems' \(Did you mean num_beams\?\)/],
    [{ num_beams: 0 }, 'ERR_OPTION', /num_beams must be a positive integer, not 0/],
    [{ do_sample: true, temperature: 0 }, 'ERR_OPTION', /temperature must be above 0/],
    [{ seed: -1 }, 'ERR_OPTION', /seed must be an integer of at least 0/],
    [{ suppress_tokens: [97] }, 'ERR_OPTION', /'suppress' names id 97/],
    [{ decoder_input_ids: [97] }, 'ERR_OPTION', /decoder_input_ids must be a list of ids below 97/],
    [{ logits_processor: 3 }, 'ERR_OPTION', /logits_processor must be a function/],
    [{ stop_strings: 'x' }, 'ERR_OPTION', /stop_strings need a tokenizer/],
    [{ num_beam_groups: 2, num_beams: 4 }, 'ERR_UNSUPPORTED', /num_beam_groups = 2 is not supported/],
    [{ penalty_alpha: 0.6 }, 'ERR_UNSUPPORTED', /penalty_alpha/],
    [{ dola_layers: 'high' }, 'ERR_UNSUPPORTED', /dola_layers/],
    [{ force_words_ids: [[5]] }, 'ERR_UNSUPPORTED', /force_words_ids/],
    [{ output_attentions: true }, 'ERR_UNSUPPORTED', /output_attentions/],
    [{ forced_bos_token_id: [5, 8] }, 'ERR_UNSUPPORTED', /generate: forced_bos_token_id = \[ 5, 8 \] is not supported/],
  ])('refuses %j', async (settings: Record<string, unknown>, code, message) => {
    await expect(translator.generate(SOURCE, settings)).rejects.toEqual(error(code, message))
  })

  it('refuses values that are not sources in ids', async () => {
    await expect(translator.generate('text' as never)).rejects.toEqual(error('ERR_INPUT', /takes ids, not a text/))
    await expect(translator.generate([97])).rejects.toEqual(
      error('ERR_INPUT', /id 97 is outside the source vocabulary/),
    )
  })
})

describe('translate', () => {
  it('takes the same settings as options, and ends after stop strings', async () => {
    await using french = await Translator.load(undefined, { workers: 1 })
    const text = 'Le chat dort sur le lit.'
    const { text: whole, finishReason } = await french.translate(text)
    const word = whole.split(' ')[1]
    const cut = await french.translate(text, { stopStrings: [word] })
    expect(cut.text.endsWith(word)).toBe(true)
    expect(cut.text.length).toBeLessThan(whole.length)
    expect([finishReason, cut.finishReason]).toEqual(['end', 'end'])
    const sample = { sample: true, beams: 1, seed: 5, temperature: 1.2 }
    expect(await french.translate(text, sample)).toEqual(await french.translate(text, sample))
  })
})

describe('encode', () => {
  it('returns the same states as transformers', async () => {
    const golden = new URL('../../golden/hub/bart/', import.meta.url)
    const { input_ids, lengths } = JSON.parse(readFileSync(new URL('expected.json', golden), 'utf8'))
    const tensors = openSafetensors(fileURLToPath(new URL('expected.safetensors', golden)))
    const wanted = new Float32Array(tensors.tensors.get('encoder.output')!.shape.reduce((a, b) => a * b))
    tensors.readFloats('encoder.output', wanted)
    tensors.close()
    const sources: number[][] = input_ids.map((ids: number[], i: number) => ids.slice(0, lengths[i]))
    const encoded = await translator.encode(sources)
    const found = encoded.flatMap(({ states }) => Array.from(states))
    expect(found).toHaveLength(wanted.length)
    found.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThan(1e-4))
  })

  it('returns the states of each source, and their mean', async () => {
    const [first, second] = await translator.encode([SOURCE, OTHER])
    expect(await translator.encode(OTHER)).toEqual(second)
    expect(first.ids).toEqual(SOURCE)
    expect(first.states).toBeInstanceOf(Float32Array)
    expect(first.states).toHaveLength(5 * 32)
    const column = (c: number) => Array.from({ length: 5 }, (_, row) => first.states[row * 32 + c])
    for (let c = 0; c < 32; c++) expect(first.mean[c]).toBeCloseTo(column(c).reduce((a, b) => a + b) / 5, 5)
  })
})
