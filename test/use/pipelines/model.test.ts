import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AutoConfig,
  AutoModel,
  AutoModelForSeq2SeqLM,
  AutoTokenizer,
  BaseStreamer,
  EosTokenCriteria,
  env,
  GenerationConfig,
  MarianMTModel,
  MaxLengthCriteria,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  pipeline,
  StoppingCriteria,
  StoppingCriteriaList,
  T5ForConditionalGeneration,
  Tensor,
  TextStreamer,
} from '#dist/use/pipelines/index.js'
import { smallFolder } from './small-folder.ts'

const load = { dtype: 'fp32', workers: 1 } as const
const TEXTS = ['Hello there.', 'No.']
const settings = { num_beams: 1, max_new_tokens: 8, eos_token_id: null, forced_eos_token_id: null }

let folder: string
let tokenizer: PreTrainedTokenizer
let model: PreTrainedModel
beforeAll(async () => {
  folder = smallFolder()
  tokenizer = await AutoTokenizer.from_pretrained(folder)
  model = await AutoModelForSeq2SeqLM.from_pretrained(folder, load)
})
afterAll(() => model.dispose())

describe('generate', () => {
  test('takes ids by position, by two names, and beside settings', async () => {
    const inputs = tokenizer(TEXTS)
    const expected = (await model.generate({ ...inputs, ...settings })).tolist()
    const { input_ids, attention_mask } = inputs
    expect((await model.generate(input_ids, { ...settings, attention_mask })).tolist()).toEqual(expected)
    expect((await model.generate({ inputs: input_ids, attention_mask, ...settings })).tolist()).toEqual(expected)
    const lists = TEXTS.map((text) => tokenizer.encode(text))
    expect((await model.generate(lists, settings)).tolist()).toEqual(expected)
    await expect(model.generate({})).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })

  test('takes settings from a generation_config, overridden by those of the call, and from the model’s own', async () => {
    const inputs = tokenizer(TEXTS[0])
    const lengthOf = async (given: object) => (await model.generate({ ...inputs, ...given })).dims[1]
    const generation_config = new GenerationConfig({ ...settings, max_new_tokens: 3 })
    expect(await lengthOf({ generation_config })).toBe(4)
    expect(await lengthOf({ generation_config, max_new_tokens: 5 })).toBe(6)
    const own = model.generation_config
    Object.assign(own, { ...settings, max_new_tokens: 2 })
    expect(await lengthOf({})).toBe(3)
    for (const name of Object.keys(settings)) delete own[name]
  })

  test('takes the decoder’s first ids as a tensor, also as one row for all sources', async () => {
    const inputs = tokenizer(TEXTS)
    const row = new Tensor('int64', [0n, 7n, 9n], [1, 3])
    const ids = (await model.generate({ ...inputs, ...settings, decoder_input_ids: row })).tolist()
    expect(ids.map((each) => each.slice(0, 3))).toEqual([
      [0n, 7n, 9n],
      [0n, 7n, 9n],
    ])
    const three = [[7], [8], [9]]
    await expect(model.generate({ ...inputs, decoder_input_ids: three })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  test('returns a dictionary with sequences and their scores if one is asked for', async () => {
    const inputs = tokenizer(TEXTS[0])
    const asked = { ...settings, num_beams: 3, num_return_sequences: 2 }
    const { sequences, sequences_scores } = await model.generate({ ...inputs, ...asked, return_dict_in_generate: true })
    expect(sequences.tolist()).toEqual((await model.generate({ ...inputs, ...asked })).tolist())
    const found = await model.translator.generate(tokenizer.encode(TEXTS[0]), asked)
    expect(sequences_scores!.tolist()).toEqual(found.map(({ score }) => Math.fround(score)))
  })

  test('passes a streamer every id of one source, including the first ones, also with beams', async () => {
    class Kept extends BaseStreamer {
      readonly rows: bigint[][][] = []
      ended = 0
      override put(rows: bigint[][]): void {
        this.rows.push(rows)
      }
      override end(): void {
        this.ended++
      }
    }
    for (const num_beams of [1, 3]) {
      const streamer = new Kept()
      const ids = await model.generate({ ...tokenizer(TEXTS[0]), ...settings, num_beams, streamer })
      expect(streamer.rows[0]).toEqual([[0n]])
      expect(streamer.rows.flatMap(([row]) => row)).toEqual(ids.tolist()[0])
      expect(streamer.ended).toBe(1)
    }
    const two = model.generate({ ...tokenizer(TEXTS), streamer: new Kept() })
    await expect(two).rejects.toMatchObject({ code: 'ERR_OPTION' })
    class Broken extends Kept {
      override put(): void {
        throw new RangeError('mine')
      }
    }
    const broken = model.generate({ ...tokenizer(TEXTS[0]), ...settings, streamer: new Broken() })
    await expect(broken).rejects.toThrow(new RangeError('mine'))
  })

  test('stops each source when its criteria say so', async () => {
    const inputs = tokenizer(TEXTS)
    const whole = (await model.generate({ ...inputs, ...settings })).tolist()
    const cut = await model.generate({ ...inputs, ...settings, stopping_criteria: new MaxLengthCriteria(4) })
    expect(cut.tolist()).toEqual(whole.map((row) => row.slice(0, 4)))
    const id = Number(whole[0][3])
    const criteria = new StoppingCriteriaList()
    criteria.push(new EosTokenCriteria(id))
    criteria.extend([new MaxLengthCriteria(7)])
    const [first] = (await model.generate({ ...inputs, ...settings, stopping_criteria: criteria })).tolist()
    expect(first.slice(0, whole[0].indexOf(BigInt(id)) + 1)).toEqual(
      whole[0].slice(0, whole[0].indexOf(BigInt(id)) + 1),
    )
    expect([...criteria]).toHaveLength(2)
    const unfinished = model.generate({ ...inputs, ...settings, stopping_criteria: new StoppingCriteria() })
    await expect(unfinished).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
    const none = model.generate({ ...inputs, stopping_criteria: {} as never })
    await expect(none).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })
})

describe('a tokenizer', () => {
  test('knows its special tokens, its longest text and its vocabulary', () => {
    const { pad_token, pad_token_id, eos_token, eos_token_id, unk_token, unk_token_id, bos_token } = tokenizer
    expect([pad_token, pad_token_id, eos_token, eos_token_id, unk_token, unk_token_id, bos_token]).toEqual([
      ...['<pad>', 0, '</s>', 1, '<unk>', 2],
      null,
    ])
    expect([tokenizer.model_max_length, tokenizer.padding_side]).toEqual([128, 'right'])
    expect(tokenizer.convert_tokens_to_ids(['N', '</s>', 'nothing'])).toEqual([tokenizer.encode('N')[1], 1, undefined])
    expect(tokenizer.get_vocab().get('o')).toBe(tokenizer.convert_tokens_to_ids('o'))
    expect(tokenizer.all_special_tokens).toContain('<pad>')
  })

  test('pads rows to a length, with a mask', () => {
    const { input_ids, attention_mask } = tokenizer(TEXTS, { padding: 'max_length', max_length: 20 })
    expect([input_ids.dims, attention_mask.dims]).toEqual([
      [2, 20],
      [2, 20],
    ])
    const [, row] = input_ids.tolist()
    const own = tokenizer.encode(TEXTS[1])
    expect(row).toEqual([...own, ...new Array(20 - own.length).fill(0)].map(BigInt))
    expect(tokenizer(TEXTS[1], { padding: 'max_length' }).input_ids.dims).toEqual([1, 128])
    expect(tokenizer(TEXTS[0], { max_length: 4 }).input_ids.dims).toEqual([1, 4])
    const types = tokenizer(TEXTS, { return_token_type_ids: true }).token_type_ids!
    expect([...types.data].every((value) => value === 0n)).toBe(true)
    expect(() => tokenizer(TEXTS, { paddings: true } as never)).toThrow(
      /unknown option 'paddings'.*Did you mean padding/,
    )
    expect(() => tokenizer([])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })

  test('decodes a row of a tensor, but refuses several rows as one text', async () => {
    const ids = await model.generate({ ...tokenizer(TEXTS), ...settings })
    const [first] = tokenizer.batch_decode(ids)
    expect(tokenizer.decode(ids[0])).toBe(first)
    expect(tokenizer.decode(ids.slice([0, 1]))).toBe(first)
    expect(tokenizer.batch_decode([...ids] as Tensor[])[0]).toBe(first)
    expect(() => tokenizer.decode(ids)).toThrow(/batch_decode/)
  })
})

describe('classes', () => {
  test('are those of config.json', async () => {
    expect(model).toBeInstanceOf(T5ForConditionalGeneration)
    await using any = await AutoModel.from_pretrained(folder)
    expect(any).toBeInstanceOf(T5ForConditionalGeneration)
    const config = await AutoConfig.from_pretrained(folder)
    expect([config.model_type, config.d_model]).toEqual(['t5', model.config.d_model])
    await using own = await T5ForConditionalGeneration.from_pretrained(folder, load)
    expect(own.config).toEqual(model.config)
    await expect(MarianMTModel.from_pretrained(folder, load)).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED',
      message: expect.stringContaining("type 't5', not 'marian'"),
    })
  })

  test('a text streamer without a tokenizer uses that of its pipeline, and shows special tokens if asked to', async () => {
    await using generator = await pipeline('text2text-generation', folder, load)
    const pieces: string[] = []
    const callback_function = (text: string) => void pieces.push(text)
    const [{ generated_text }] = await generator(TEXTS[0], {
      num_beams: 1,
      max_new_tokens: 6,
      streamer: new TextStreamer(null, { callback_function }),
    })
    expect(pieces.join('')).toBe(generated_text)
    pieces.length = 0
    const streamer = new TextStreamer(tokenizer, { callback_function, decode_kwargs: { skip_special_tokens: false } })
    await model.generate({ ...tokenizer(TEXTS[0]), ...settings, streamer })
    expect(pieces[0]).toBe('<pad>')
    const own = new TextStreamer()
    expect(() => own.put([[5n]])).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})

describe('loading', () => {
  test('takes a dtype and a device for each file, and threads from env', async () => {
    const dtype = { encoder_model: 'q8', decoder_model_merged: 'fp32' } as const
    await using mixed = await AutoModelForSeq2SeqLM.from_pretrained(folder, {
      ...load,
      dtype,
      device: { decoder: 'cpu' },
    })
    expect(mixed.translator.model.precision).toBe('float32')
    await using small = await AutoModelForSeq2SeqLM.from_pretrained(folder, { ...load, dtype: { model: 'q8' } })
    expect(small.translator.model.precision).toBe('int8')
    env.backends.onnx.wasm.numThreads = 1
    env.backends.onnx.wasm.wasmPaths = './'
    await using one = await AutoModelForSeq2SeqLM.from_pretrained(folder, { dtype: 'fp32', workers: 1 })
    expect(one.translator.backendInfo().threads).toBe(1)
    delete env.backends.onnx.wasm.numThreads
    for (const wrong of [{ dtype: { encoder_model: 'q2' } }, { device: { model: 'webgpu' } }])
      await expect(AutoModelForSeq2SeqLM.from_pretrained(folder, wrong as never)).rejects.toMatchObject({
        code: 'ERR_UNSUPPORTED',
      })
    await expect(AutoModelForSeq2SeqLM.from_pretrained(folder, { dtype: { model: 5 } as never })).rejects.toMatchObject(
      {
        code: 'ERR_OPTION',
      },
    )
    expect(env.version).toMatch(/^\d+\.\d+\.\d+/)
  })
})
