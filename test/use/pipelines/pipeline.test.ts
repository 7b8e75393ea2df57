import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  AutoConfig,
  AutoModelForSeq2SeqLM,
  AutoTokenizer,
  env,
  GlassformerError,
  InterruptableStoppingCriteria,
  type Pipeline,
  type PretrainedOptions,
  type ProgressInfo,
  pipeline,
  Tensor,
  TextStreamer,
} from '#dist/use/pipelines/index.js'
import { COMMIT, HubServer } from '../../files/hub/hub-server.ts'
import { smallFolder } from './small-folder.ts'

const options: PretrainedOptions = { dtype: 'fp32', workers: 1 }
const ARTICLE = 'The tower is 324 metres tall.\nIt was the first to reach 300 metres.'

// Adapted from the examples in the documentation of transformers.js.
describe('translation', () => {
  let translator: Pipeline<'translation'>
  beforeAll(async () => {
    translator = await pipeline('translation', 'fr-en', { ...options, dtype: null })
  })
  afterAll(() => translator.dispose())

  test('returns a list of one for one text', async () => {
    expect(await translator('Merci.')).toEqual([{ translation_text: 'Thank you.' }])
  })

  test('keeps the order of several texts, with num_return_sequences results for each', async () => {
    expect(await translator(['Merci.', 'Il fait froid.'])).toEqual([
      { translation_text: 'Thank you.' },
      { translation_text: "It's cold." },
    ])
    const several = await translator(['Merci.', 'Il fait froid.'], { num_beams: 4, num_return_sequences: 3 })
    expect(several).toHaveLength(6)
    expect(several[3]).toEqual({ translation_text: "It's cold." })
    expect(new Set(several.map(({ translation_text }) => translation_text)).size).toBe(6)
    expect(await translator([])).toEqual([])
  })

  test('follows the generation settings by name', async () => {
    const lengthOf = async (settings: Record<string, unknown>) => {
      const [{ translation_text: text }] = await translator('Il fait très froid ce matin.', settings)
      return translator.tokenizer.encode(text, { add_special_tokens: false }).length
    }
    const whole = await lengthOf({})
    expect(await lengthOf({ max_new_tokens: 3 })).toBeLessThan(whole)
    const drawn = { do_sample: true, temperature: 3, num_beams: 1, seed: 5 }
    const first = await translator('Merci.', drawn)
    expect(await translator('Merci.', drawn)).toEqual(first)
    const seeds = Array.from({ length: 8 }, (_, seed) => translator('Merci.', { ...drawn, seed }))
    expect(new Set((await Promise.all(seeds)).map(([{ translation_text }]) => translation_text)).size).toBeGreaterThan(
      1,
    )
    const thank = translator.model.translator.tokenizer.encode('Thank', { side: 'target' }).slice(0, -1)
    const [{ translation_text }] = await translator('Merci.', { bad_words_ids: [thank] })
    expect(translation_text).not.toContain('Thank you')
  })

  test('can be streamed, interrupted and aborted', async () => {
    const pieces: string[] = []
    const streamer = new TextStreamer(translator.tokenizer, {
      skip_prompt: true,
      callback_function: (text) => pieces.push(text),
    })
    const text = 'Il fait froid ce matin.'
    const [{ translation_text }] = await translator(text, { streamer, num_beams: 1 })
    expect(pieces.join('')).toBe(translation_text)
    expect(pieces.length).toBeGreaterThan(2)
    expect(await translator(text, { num_beams: 1 })).toEqual([{ translation_text }])
    const stopping_criteria = new InterruptableStoppingCriteria()
    class Interrupting extends TextStreamer {
      override on_finalized_text(piece: string): void {
        if (piece) stopping_criteria.interrupt()
      }
    }
    const cut = await translator(text, {
      streamer: new Interrupting(translator.tokenizer),
      stopping_criteria,
      num_beams: 1,
    })
    expect(translation_text.startsWith(cut[0].translation_text)).toBe(true)
    expect(cut[0].translation_text.length).toBeLessThan(translation_text.length)
    stopping_criteria.reset()
    expect(await translator(text, { stopping_criteria, num_beams: 1 })).toEqual([{ translation_text }])
    await expect(translator(text, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    await expect(translator([text, text], { streamer })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  test.each<[Record<string, unknown>, string, string]>([
    [{ num_beam: 2 }, 'ERR_OPTION', 'num_beams'],
    [{ num_beam_groups: 2 }, 'ERR_UNSUPPORTED', 'num_beam_groups'],
    [{ return_dict_in_generate: true }, 'ERR_UNSUPPORTED', 'model.generate'],
    [{ num_beams: 0 }, 'ERR_OPTION', 'beams'],
    [{ max_length: 0 }, 'ERR_OPTION', 'max_length'],
    [{ bad_words_ids: [5] }, 'ERR_OPTION', 'bad_words_ids'],
    [{ tgt_lang: 'fra_Latn' }, 'ERR_OPTION', 'language'],
  ])('%j is refused by name', async (settings, code, name) => {
    await expect(translator('Merci.', settings)).rejects.toMatchObject({ code, message: expect.stringContaining(name) })
  })

  test('refuses a value that is not a text', async () => {
    for (const texts of [5, null, ['a', 5], undefined])
      await expect(translator(texts as never)).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })
})

describe('prefixes', () => {
  test('of config.json are prepended to the text, that of the task first; the text is one sequence', async () => {
    const prefix = 'all: '
    const task_specific_params = {
      summarization: { prefix: 'sum up: ', num_beams: 2 },
      translation_en_to_de: { prefix: 'German: ' },
    }
    const folder = smallFolder({ prefix, task_specific_params })
    await using plain = await pipeline('text2text-generation', smallFolder(), options)
    const of = async (text: string) => (await plain(text, { max_new_tokens: 12 }))[0].generated_text
    await using summarize = await pipeline('summarization', folder, options)
    expect(await summarize(ARTICLE, { max_new_tokens: 12 })).toEqual([
      { summary_text: await of(`sum up: all: ${ARTICLE}`) },
    ])
    await using translate = await pipeline('translation_en_to_de', folder, options)
    expect(await translate('Hello.', { max_new_tokens: 12 })).toEqual([
      { translation_text: await of('German: all: Hello.') },
    ])
    expect(await of('sum up: all: Hello.')).not.toBe(await of('all: Hello.'))
  })

  test("a text of more tokens than the tokenizer's limit is cut", async () => {
    await using plain = await pipeline('text2text-generation', smallFolder(), options)
    const { tokenizer, model } = plain
    const long = 'ab '.repeat(100)
    expect(tokenizer.encode(long).length).toBeGreaterThan(200)
    const inputs = tokenizer(long, { truncation: true })
    expect(inputs.input_ids.dims).toEqual([1, 128])
    const [text] = tokenizer.batch_decode(await model.generate({ ...inputs, max_new_tokens: 8 }), {
      skip_special_tokens: true,
    })
    expect(await plain(long, { max_new_tokens: 8 })).toEqual([{ generated_text: text }])
  })
})

describe('a tokenizer and a model', () => {
  test('together compute the same as a pipeline', async () => {
    const folder = smallFolder()
    const tokenizer = await AutoTokenizer.from_pretrained(folder)
    await using model = await AutoModelForSeq2SeqLM.from_pretrained(folder, options)
    const texts = ['Hello there.', 'No.']
    const inputs = tokenizer(texts)
    expect(inputs.input_ids.dims).toEqual([2, tokenizer.encode(texts[0]).length])
    expect(inputs.attention_mask.tolist().map((row) => row.filter(Boolean).length)).toEqual(
      texts.map((text) => tokenizer.encode(text).length),
    )
    const ids = await model.generate({ ...inputs, max_new_tokens: 10 })
    expect(ids).toBeInstanceOf(Tensor)
    expect(ids.tolist()[0][0]).toBe(0n) // the decoder's start
    await using pipe = await pipeline('text2text-generation', folder, options)
    const written = await pipe(texts, { max_new_tokens: 10 })
    expect(tokenizer.batch_decode(ids, { skip_special_tokens: true })).toEqual(
      written.map(({ generated_text }) => generated_text),
    )
    await expect(model.generate({})).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })

  test('a tokenizer encodes, decodes, and returns tokens', async () => {
    const tokenizer = await AutoTokenizer.from_pretrained(smallFolder())
    expect(tokenizer.tokenize('No.')).toEqual(['▁', 'N', 'o', '.'])
    const ids = tokenizer.encode('No.')
    expect(ids.at(-1)).toBe(1)
    expect(tokenizer.decode(ids)).toMatch(/^No\.\s?<\/s>$/)
    expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe('No.')
    expect(tokenizer('No.', { return_tensor: false })).toEqual({ input_ids: ids, attention_mask: ids.map(() => 1) })
    expect(tokenizer('No.', { return_tensor: false, truncation: true, max_length: 3 }).input_ids).toHaveLength(3)
    const { input_ids } = tokenizer(['No.', 'N'], { return_tensor: false, padding: true })
    expect(input_ids[1]).toEqual([...tokenizer.encode('N'), 0, 0])
    expect(tokenizer.encode('a', { add_special_tokens: false }).length).toBe(tokenizer.encode('a').length - 1)
  })
})

describe('by name', () => {
  let hub: HubServer
  let cache_dir: string
  beforeAll(async () => {
    cache_dir = mkdtempSync(join(tmpdir(), 'glassformer-pipelines-'))
    const folder = smallFolder()
    hub = await new HubServer(
      Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])),
    ).start()
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy', 'HF_HUB_OFFLINE']) vi.stubEnv(name, '')
    vi.stubEnv('HF_HUB_CACHE', join(cache_dir, 'nothing'))
  })
  afterAll(async () => {
    await hub.stop()
    vi.unstubAllEnvs()
    rmSync(cache_dir, { recursive: true })
  })

  test('a configuration is downloaded without weights, once', async () => {
    env.remoteHost = `${hub.address}/`
    const how = { cache_dir: join(cache_dir, 'apart'), revision: 'main' }
    const files = () => readdirSync(join(how.cache_dir, 'models--owner--model/snapshots', COMMIT))
    const config = await AutoConfig.from_pretrained('owner/model', how)
    expect(config.model_type).toBe('t5')
    expect(files()).toContain('config.json')
    expect(files()).not.toContain('model.safetensors')
    const asked = hub.asked.length
    expect(await AutoConfig.from_pretrained('owner/model', { ...how, local_files_only: true })).toEqual(config)
    expect(hub.asked).toHaveLength(asked)
    // The model needs its weights, and takes its own configuration and what ONNX's runtime would be told.
    const foreign = { config, subfolder: 'onnx', session_options: {}, use_external_data_format: true }
    const load = { ...options, ...how, ...foreign }
    await expect(
      AutoModelForSeq2SeqLM.from_pretrained('owner/model', { ...load, local_files_only: true }),
    ).rejects.toMatchObject({ code: 'ERR_FILE' })
    await using model = await AutoModelForSeq2SeqLM.from_pretrained('owner/model', load)
    const tokenizer = await AutoTokenizer.from_pretrained('owner/model', how)
    expect(await model.generate(tokenizer('No.'))).toBeInstanceOf(Tensor)
    await expect(
      AutoModelForSeq2SeqLM.from_pretrained('owner/model', { ...load, config: { ...config, d_ff: 1 } }),
    ).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED', message: expect.stringContaining('config') })
    env.remoteHost = null
  })

  test('a model is downloaded once, with progress; then local_files_only is enough', async () => {
    const infos: ProgressInfo[] = []
    await expect(
      pipeline('summarization', 'owner/model', { ...options, cache_dir, local_files_only: true }),
    ).rejects.toMatchObject({ code: 'ERR_FILE', message: expect.stringContaining('glassformer pull owner/model') })
    env.remoteHost = `${hub.address}/`
    const progress_callback = (info: ProgressInfo) => infos.push(info)
    const first = await pipeline('summarization', 'owner/model', {
      ...options,
      cache_dir,
      revision: 'v1',
      progress_callback,
    })
    const [{ summary_text }] = await first('Hello.', { max_new_tokens: 5 })
    await first.dispose()
    expect(new Set(infos.map(({ status }) => status))).toEqual(
      new Set(['initiate', 'download', 'progress', 'done', 'ready']),
    )
    expect(infos.at(-1)).toEqual({ status: 'ready', task: 'summarization', model: 'owner/model' })
    expect(readFileSync(join(cache_dir, 'models--owner--model/refs/v1'), 'utf8')).toBe(COMMIT)
    const asked = hub.asked.length
    const again = { ...options, cache_dir, revision: 'v1', local_files_only: true }
    const second = await pipeline('summarization', 'owner/model', again)
    expect(await second('Hello.', { max_new_tokens: 5 })).toEqual([{ summary_text }])
    await second.dispose()
    expect(hub.asked).toHaveLength(asked)
    env.allowRemoteModels = false
    await expect(pipeline('summarization', 'owner/other', options)).rejects.toMatchObject({ code: 'ERR_FILE' })
    Object.assign(env, { allowRemoteModels: true, remoteHost: null })
  })
})

test.each<[string, unknown[], string]>([
  ['text-to-audio', ['fr-en'], 'translation_xx_to_yy'],
  ['summarisation', ['fr-en'], 'Did you mean summarization'],
  ['translation', ['fr-en', { dtype: 'q2' }], 'q2'],
  ['translation', ['fr-en', { device: 'webgpu' }], 'webgpu'],
  ['translation', ['fr-en', { subfolder: 'weights' }], 'subfolder'],
])('%s %j is refused by name', async (task, given, says) => {
  await expect((pipeline as (...all: unknown[]) => unknown)(task, ...given)).rejects.toMatchObject({
    code: 'ERR_UNSUPPORTED',
    message: expect.stringContaining(says),
  })
})

test('an option or a model that does not exist is refused', async () => {
  await expect(pipeline('translation', 'fr-en', { dtypes: 'fp32' } as never)).rejects.toThrow('Did you mean dtype')
  await expect(pipeline('translation', undefined as never)).rejects.toMatchObject({ code: 'ERR_OPTION' })
  await expect(pipeline('translation', './no/such/folder')).rejects.toBeInstanceOf(GlassformerError)
  expect(() => Object.assign(env, { backends: {} })).toThrow(TypeError)
})
