// The examples for translation, summarization and text2text-generation in the documentation of transformers.js, over
// any library with its names: node documented-examples.mjs LIBRARY.mjs MODELS prints the outcome of each example as
// JSON. The model is the folder `model` of MODELS; generation is greedy, which both libraries support.
import { pathToFileURL } from 'node:url'

const [, , libraryPath, models] = process.argv
const library = await import(pathToFileURL(libraryPath).href)
const { AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer, env, pipeline, Tensor, TextStreamer } = library
const { InterruptableStoppingCriteria, MarianMTModel, StoppingCriteria } = library

env.localModelPath = `${models}/`
env.allowRemoteModels = false
env.useBrowserCache = false
env.backends.onnx.wasm.numThreads = 1

const greedy = { num_beams: 1 }
const load = { dtype: 'fp32' }
const TEXT = 'Il fait très froid ce matin.'

/** A tensor as JSON. */
const plain = (tensor) => ({
  type: tensor.type,
  dims: [...tensor.dims],
  size: tensor.size,
  data: [...tensor.data].map(Number),
})

const translator = await pipeline('translation', 'model', load)
const tokenizer = await AutoTokenizer.from_pretrained('model')
const model = await AutoModelForSeq2SeqLM.from_pretrained('model', load)

const examples = {
  'a translation of one text': () => translator(TEXT, greedy),
  'a translation of a list of one': () => translator([TEXT], greedy),
  'a translation of at most so many tokens': () => translator(TEXT, { ...greedy, max_new_tokens: 4 }),
  'a summary': async () => {
    const summarizer = await pipeline('summarization', 'model', load)
    const output = await summarizer(TEXT, { ...greedy, max_new_tokens: 100 })
    await summarizer.dispose()
    return [output, summarizer.task]
  },
  'text of a text': async () => {
    const generator = await pipeline('text2text-generation', 'model', {
      dtype: { encoder_model: 'fp32', decoder_model_merged: 'fp32' },
    })
    const output = await generator(TEXT, { ...greedy, max_new_tokens: 100 })
    await generator.dispose()
    return output
  },
  'a tokenizer': async () => {
    const { input_ids, attention_mask } = await tokenizer(TEXT)
    return [input_ids, attention_mask].map(plain)
  },
  'a tokenizer of several texts that fills them up': () => {
    const { input_ids, attention_mask } = tokenizer([TEXT, 'Merci.'], { padding: true, truncation: true })
    return [input_ids, attention_mask].map(plain)
  },
  'a tokenizer that fills up to a length': () => {
    const { input_ids, attention_mask } = tokenizer([TEXT, 'Merci.'], { padding: 'max_length', max_length: 16 })
    return [input_ids, attention_mask].map(plain)
  },
  'a tokenizer that gives lists': () => [
    tokenizer('Merci.', { return_tensor: false }),
    tokenizer(['Merci.', TEXT], { return_tensor: false }),
    tokenizer(['Merci.', TEXT], { return_tensor: false, padding: true }),
    tokenizer.encode('Merci.'),
    tokenizer.encode('Merci.', { add_special_tokens: false }),
    tokenizer.tokenize('Merci.'),
  ],
  'what a tokenizer knows': () => [
    ...[
      tokenizer.model_max_length,
      tokenizer.pad_token,
      tokenizer.pad_token_id,
      tokenizer.eos_token,
      tokenizer.eos_token_id,
    ],
    ...[tokenizer.unk_token, tokenizer.unk_token_id, tokenizer.padding_side],
    tokenizer.convert_tokens_to_ids('</s>'),
    tokenizer.convert_tokens_to_ids(['<pad>', '</s>']),
    [...tokenizer.all_special_ids].map(Number).sort((a, b) => a - b),
  ],
  'a model that generates, and the first of its outputs': async () => {
    const { input_ids, attention_mask } = await tokenizer(TEXT)
    const outputs = await model.generate({ input_ids, attention_mask, ...greedy })
    const decoded = tokenizer.decode(outputs[0], { skip_special_tokens: true })
    return [plain(outputs), plain(outputs[0]), decoded, tokenizer.batch_decode(outputs, { skip_special_tokens: true })]
  },
  'inputs by their other name, and a generation_config': async () => {
    const { input_ids, attention_mask } = await tokenizer(TEXT)
    const generation_config = { num_beams: 1, max_new_tokens: 3 }
    return plain(await model.generate({ inputs: input_ids, attention_mask, generation_config }))
  },
  'outputs that are gone through and cut': async () => {
    const outputs = await model.generate({ ...(await tokenizer(TEXT)), ...greedy })
    return [
      [...outputs].map(plain),
      [...outputs[0]].map(Number),
      plain(outputs.slice(null, [1, null])),
      plain(outputs.slice(0, [1, -1])),
      plain(outputs.slice([0, 1], -1)),
      outputs.tolist().map((row) => row.map(Number)),
    ]
  },
  'a tensor of ids': async () => {
    const ids = tokenizer.encode(TEXT)
    const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length])
    const attention_mask = new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length])
    const outputs = await model.generate({ input_ids, attention_mask, ...greedy })
    return [plain(input_ids), plain(input_ids[0]), plain(outputs)]
  },
  // transformers.js ignores decoder_input_ids, so that only a beginning that the model chooses itself has the same
  // result.
  'a decoder that has begun': async () => {
    const inputs = await tokenizer(TEXT)
    const whole = await model.generate({ ...inputs, ...greedy })
    const decoder_input_ids = new Tensor('int64', whole.data.slice(0, 3), [1, 3])
    return [plain(whole), plain(await model.generate({ ...inputs, decoder_input_ids, ...greedy }))]
  },
  'a dictionary': async () => {
    const result = await model.generate({ ...(await tokenizer(TEXT)), ...greedy, return_dict_in_generate: true })
    return plain(result.sequences)
  },
  'a stream of text and of tokens': async () => {
    const [pieces, ids] = [[], []]
    const streamer = new TextStreamer(translator.tokenizer, {
      skip_prompt: true,
      callback_function: (text) => pieces.push(text),
      token_callback_function: (tokens) => ids.push(...tokens.map(Number)),
    })
    return [await translator(TEXT, { ...greedy, streamer }), pieces, ids]
  },
  'a stream with its prompt and special tokens': async () => {
    const pieces = []
    const callback_function = (text) => pieces.push(text)
    const streamer = new TextStreamer(tokenizer, { skip_special_tokens: false, callback_function })
    await model.generate({ ...(await tokenizer(TEXT)), ...greedy, streamer })
    return pieces
  },
  'criteria of a class of one’s own': async () => {
    class Shorter extends StoppingCriteria {
      _call(input_ids) {
        return input_ids.map((ids) => ids.length >= 5)
      }
    }
    const stopping_criteria = new Shorter()
    return plain(await model.generate({ ...(await tokenizer(TEXT)), ...greedy, stopping_criteria }))
  },
  'an interruption': async () => {
    const stopping_criteria = new InterruptableStoppingCriteria()
    let tokens = 0
    const streamer = new TextStreamer(tokenizer, {
      skip_prompt: true,
      callback_function: () => {},
      token_callback_function: () => {
        if (++tokens === 3) stopping_criteria.interrupt()
      },
    })
    const cut = await translator(TEXT, { ...greedy, streamer, stopping_criteria })
    stopping_criteria.reset()
    return [cut, await translator(TEXT, { ...greedy, stopping_criteria })]
  },
  'a configuration': async () => {
    const config = await AutoConfig.from_pretrained('model')
    return [config.model_type, config.d_model, config.is_encoder_decoder, model.config.vocab_size]
  },
  'a class of the family': async () => {
    const marian = await MarianMTModel.from_pretrained('model', load)
    const outputs = await marian.generate({ ...(await tokenizer(TEXT)), ...greedy })
    await marian.dispose()
    return [plain(outputs), marian instanceof MarianMTModel, model instanceof MarianMTModel]
  },
}

const outcomes = {}
for (const [name, example] of Object.entries(examples)) {
  try {
    outcomes[name] = await example()
  } catch (error) {
    outcomes[name] = { error: String(error) }
  }
}
await translator.dispose()
await model.dispose()
process.stdout.write(JSON.stringify(outcomes))
