import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TranslateOptions, Translator } from '#dist/index.js'
import { resolveLoadOptions } from '#dist/use/translate/options/resolve-load-options.js'
import { quickest } from './backend-names.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { backend: quickest })
})
afterAll(() => translator.close())

/** Options that are refused, and the parts of the message besides the option's name. */
const refused: [string, unknown, RegExp][] = [
  ['beams', 0, /an integer from 1 to 1024, not 0$/],
  ['beams', -1, /not -1$/],
  ['beams', 1.5, /not 1.5$/],
  ['beams', Number.NaN, /not NaN$/],
  ['beams', Infinity, /not Infinity$/],
  ['beams', '4', /not '4'$/],
  ['beams', 4n, /not 4n$/],
  ['beams', 1e9, /not 1000000000$/],
  ['beams', null, /not null$/],
  ['alternatives', 2, /alternatives \(2\) cannot be more than beams \(1\)/],
  ['alternatives', 0, /at least 1, not 0$/],
  ['lengthPenalty', Number.NaN, /a number from -30 to 30, not NaN$/],
  ['lengthPenalty', -1e308, /not -1e\+308$/], // a length to this power is 0, and the score −∞
  ['lengthPenalty', 31, /not 31$/],
  ['lengthPenalty', '1', /not '1'$/],
  ['lengthPenaltyForm', 'linear', /one of power, gnmt, not 'linear'$/],
  ['earlyStopping', 1, /true, false or 'never', not 1$/],
  ['minTokens', -1, /at least 0, not -1$/],
  ['minTokens', 1000, /minTokens \(1000\) cannot be more than maxTokens \(\d+\)/],
  ['maxTokens', 0, /at least 1, or null, not 0$/],
  ['maxTokens', -5, /not -5$/],
  ['noRepeatNgram', -1, /not -1$/],
  ['repetitionPenalty', 0, /a number from 0.001 to 1000, not 0$/],
  ['repetitionPenalty', 1e38, /not 1e\+38$/], // scores times this leave float32
  ['suppress', 5, /a list of ids, not 5$/],
  ['suppress', [1, -1], /not \[ 1, -1 \]$/],
  ['suppress', new Array(2), /a list of ids/],
  ['suppress', [12000], /names id 12000, outside the target vocabulary of 12000$/],
  ['suppress', [...Array(12000).keys()], /leave no token that could come first$/],
  ['suppressFirst', [...Array(12000).keys()], /leave no token that could come first$/],
  ['suppressSequences', [[1]], /a list of lists of two or more ids/],
  ['suppressSequences', [[1, 1e9]], /names id 1000000000/],
  ['suppressFirst', [1e9], /names id 1000000000/],
  ['forcedFirst', 1e9, /names id 1000000000/],
  ['forcedLast', 'a', /an id or a list of ids, or null, not 'a'$/],
  ['forcedLast', [1, 1e9], /names id 1000000000/],
  ['sequenceBias', [[5, 1]], /a list of \[ids, number\]/],
  ['sequenceBias', [null], /a list of \[ids, number\]/],
  ['sequenceBias', [[[12000], 1]], /'sequenceBias' names id 12000/],
  ['exponentialDecay', [1, 0], /\[integer of at least 0, number above 0\], or null/],
  ['encoderRepetitionPenalty', 0, /a number from 0.001 to 1000, not 0$/],
  ['ends', [12000], /'ends' names id 12000/],
  ['start', 12000, /'start' names id 12000/],
  ['stopStrings', [''], /a list of texts/],
  ['maxTime', 0, /above 0, or null, not 0$/],
  ['temperature', 0, /above 0, not 0$/],
  ['topK', 1.5, /at least 0, not 1.5$/],
  ['topP', 1.1, /a number from 0 to 1, not 1.1$/],
  ['topH', 0, /above 0 and at most 1, or null, not 0$/],
  ['etaCutoff', 1, /at least 0 and below 1, not 1$/],
  ['seed', -1, /at least 0, or null, not -1$/],
  ['renormalize', 'yes', /true or false, not 'yes'$/],
  ['split', 'often', /^option 'split' must be one of auto, long, always, never, packed, not 'often'$/],
  ['attention', 1, /true or false, not 1$/],
  ['signal', {}, /an AbortSignal, not \{\}$/],
  ['beam', 4, /unknown option 'beam': the options are beams, alternatives/],
  ['toString', 4, /unknown option 'toString'/],
]

describe('options of translate', () => {
  it.each(refused)('%s: %o is refused by name', async (name, value, message) => {
    const options = { beams: 1, alternatives: 1, [name]: value } as TranslateOptions
    const expected = { code: 'ERR_OPTION', message: expect.stringMatching(message) }
    await expect(translator.translate('Oui.', options)).rejects.toMatchObject(expected)
    await expect(translator.stream('Oui.', options).next()).rejects.toMatchObject(expected)
    expect(() => translator.translateSync('Oui.', options)).toThrow(expect.objectContaining(expected))
    await expect(translator.translate('Oui.', options)).rejects.toThrow(new RegExp(`\\b${name}\\b`))
  })

  it('may be any value without another error than ours', async () => {
    const circular: unknown[] = []
    circular.push(circular)
    for (const value of [
      circular,
      Symbol('s'),
      () => 1,
      new Proxy([1], {}),
      'x'.repeat(1e6),
      new Array(1e6),
      [...Array(12).keys()],
      Error('x'),
    ])
      await expect(translator.translate('Oui.', { beams: value } as never)).rejects.toMatchObject({
        code: 'ERR_OPTION',
        message: expect.stringMatching(/^option 'beams' must be .{0,200}$/),
      })
  })

  it.each([null, 4, 'beams', []])('%o is not an object of options', async (options) => {
    const expected = { code: 'ERR_OPTION', message: expect.stringMatching(/^options must be an object, not /) }
    await expect(translator.translate('Oui.', options as never)).rejects.toMatchObject(expected)
    await expect(translator.score([], options as never)).rejects.toMatchObject(expected)
  })

  it('may leave only the end, unless the end may not come first', async () => {
    const { end } = translator.model.config.ids
    const suppress = [...Array(12000).keys()].filter((id) => id !== end)
    expect(await translator.translate('Oui.', { suppress })).toMatchObject({ text: '', ids: [end] })
    await expect(translator.translate('Oui.', { suppress, minTokens: 1 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/leave no token that could come first$/),
    })
  })

  it('that are undefined are as if they were absent', async () => {
    const options = { beams: undefined, split: undefined, signal: undefined, maxTokens: undefined }
    expect(await translator.translate('Oui.', options)).toEqual(await translator.translate('Oui.'))
  })

  it('may be inherited', async () => {
    const options = Object.create({ beams: 2, alternatives: 2 })
    expect((await translator.translate('Oui.', options)).alternatives).toHaveLength(2)
    await expect(translator.translate('Oui.', Object.create({ beam: 2 }))).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/^unknown option 'beam'/),
    })
  })

  it('are not signals themselves', async () => {
    const { signal } = new AbortController()
    const expected = {
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /^unknown option '.*: the options are .*signal, timeout, priority, client(, adapter)?$/,
      ),
    }
    await expect(translator.translate('Oui.', signal as never)).rejects.toMatchObject(expected)
    await expect(translator.score([], signal as never)).rejects.toMatchObject(expected)
  })

  it('of score are only its priority, client, signal and timeout', async () => {
    await expect(translator.score([], { beams: 4 } as never)).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /unknown option 'beams': the options are signal, timeout, priority, client, adapter$/,
      ),
    })
  })
})

describe('options of load', () => {
  it.each<[string, unknown, RegExp]>([
    ['backend', 'gpu', /one of auto, native, wasm, js, not 'gpu'$/],
    ['backend', '', /^option 'backend' must be .* not ''$/],
    [
      'precision',
      'int2',
      /^option 'precision' must be one of auto, float32, bfloat16, int8, int4, not 'int2' \(Did you mean one of int8, int4\?\)$/,
    ],
    ['precision', 8, /not 8$/],
    ...['backend', 'precision', 'threads', 'workers', 'batchTokens'].map(
      (name) => [name, null, /not null$/] as [string, unknown, RegExp],
    ),
    ['threads', 0, /at least 1, not 0$/],
    ['threads', '2', /not '2'$/],
    ['workers', -1, /not -1$/],
    ['workers', Number.NaN, /not NaN$/],
    ['batchTokens', 0.5, /not 0.5$/],
    [
      'batchtokens',
      10,
      /unknown option 'batchtokens': the options are backend, precision, mapped, tokenizer, threads, workers, batchTokens, assistant, adapter, adapters, download, queueTexts, queueCharacters, cacheBytes \(Did you mean batchTokens\?\)$/,
    ],
  ])('%s: %o is refused by name', async (name, value, message) => {
    await expect(Translator.load(undefined, { [name]: value })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(message),
    })
  })

  it('count as the maximum if they are above it', () => {
    const cores = availableParallelism()
    expect(resolveLoadOptions({ threads: 1000, workers: 1000, batchTokens: 1e9 })).toMatchObject({
      threads: cores,
      workers: 64,
      batchTokens: 2 ** 20,
    })
    expect(resolveLoadOptions({ threads: cores })).toMatchObject({ threads: cores, workers: 1 })
    expect(resolveLoadOptions({})).toMatchObject({ threads: 'auto', workers: Math.min(64, cores), batchTokens: 2048 })
  })

  it('never use more threads than there are cores', async () => {
    await using many = await Translator.load(undefined, { backend: quickest, threads: 1000, workers: 1000 })
    expect(many.backendInfo().threads).toBeLessThan(1000)
    expect((await many.translate('Oui.')).text).toBe('Yes.')
  })

  it.each([null, 5, {}, ['a']])('%o is not a path of a model folder', async (folder) => {
    await expect(Translator.load(folder as never)).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/^the model folder must be a path, not /),
    })
  })
})
