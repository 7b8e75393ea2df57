import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { rawSafetensors, scratchFolder } from './formats/raw-safetensors.ts'
import { backendNames } from './use/translate/backend-names.ts'

/**
 * One test for each kind of bad input that Glassformer promises to answer with a stable code and a message that says what is
 * wrong, where and what to do. (Each format's own tests go further.)
 */
const scratch = scratchFolder()
const small = fileURLToPath(new URL('golden/hub/marian-f16/model', import.meta.url))
const embedded = fileURLToPath(new URL('../models/fr-en', import.meta.url))

let copies = 0
function copyOf(folder: string): string {
  const copy = join(scratch, `folder-${copies++}`)
  cpSync(folder, copy, { recursive: true })
  return copy
}

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>

/** A copy of the small model whose weights file has another header, or other data. */
function withWeights(change: (header: Header, data: Buffer, names: string[]) => unknown): string {
  const folder = copyOf(small)
  const path = join(folder, 'model.safetensors')
  const bytes = readFileSync(path)
  const end = 8 + Number(bytes.readBigUInt64LE())
  const header: Header = JSON.parse(bytes.subarray(8, end).toString())
  const names = Object.keys(header).filter((name) => name !== '__metadata__')
  const data = Buffer.from(bytes.subarray(end))
  rawSafetensors(path, (change(header, data, names) ?? header) as object, data)
  return folder
}

function withJson(file: string, change: object, folder = copyOf(small)): string {
  const path = join(folder, file)
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
  return folder
}

function withBytes(file: string, bytes: string | Uint8Array): string {
  const folder = copyOf(embedded)
  writeFileSync(join(folder, file), bytes)
  return folder
}

/** A copy of the embedded model with a named pipe, which nobody writes to, in place of a file. */
function withPipe(file: string): string {
  const folder = copyOf(embedded)
  rmSync(join(folder, file))
  execFileSync('mkfifo', [join(folder, file)])
  return folder
}

const damagedFolders: [name: string, make: () => string, code: string, message: RegExp][] = [
  ['a missing folder', () => join(scratch, 'nowhere'), 'ERR_FILE', /cannot read the model folder .*nowhere/],
  ['a file for a folder', () => join(small, 'config.json'), 'ERR_FILE', /config\.json is a file: give the folder/],
  [
    'a folder without config.json',
    () => {
      const folder = copyOf(small)
      rmSync(join(folder, 'config.json'))
      return folder
    },
    'ERR_FILE',
    /config\.json/,
  ],
  [
    'a folder without weights',
    () => {
      const folder = copyOf(small)
      rmSync(join(folder, 'model.safetensors'))
      return folder
    },
    'ERR_FILE',
    /model\.safetensors is missing/,
  ],
  [
    'a file that cannot be read',
    () => {
      const folder = copyOf(small)
      rmSync(join(folder, 'model.safetensors'))
      mkdirSync(join(folder, 'model.safetensors'))
      return folder
    },
    'ERR_FILE',
    /model\.safetensors/,
  ],
  [
    'a truncated weights file',
    () => {
      const folder = copyOf(small)
      truncateSync(join(folder, 'model.safetensors'), 100_000)
      return folder
    },
    'ERR_MODEL_FORMAT',
    /model\.safetensors, offset 8: .*only 88088 bytes of data.*cut short/,
  ],
  [
    'a truncated header',
    () => {
      const folder = copyOf(small)
      truncateSync(join(folder, 'model.safetensors'), 20)
      return folder
    },
    'ERR_MODEL_FORMAT',
    /model\.safetensors, offset 20: the header has \d+ bytes and the file only 12/,
  ],
  [
    'overlapping tensors',
    () =>
      withWeights((header, _, [a, b]) => {
        header[b].data_offsets = header[a].data_offsets
        header[b].shape = header[a].shape
      }),
    'ERR_MODEL_FORMAT',
    /model\.safetensors.*overlap/,
  ],
  [
    'tensors out of range',
    () =>
      withWeights((header, data, names) => {
        const last = names.sort((a, b) => header[b].data_offsets[1] - header[a].data_offsets[1])[0]
        header[last].data_offsets[1] = data.length + 4096
      }),
    'ERR_MODEL_FORMAT',
    /model\.safetensors/,
  ],
  [
    'a huge tensor',
    () =>
      withWeights((header, _, [name]) => {
        header[name].shape = [2 ** 40, 2 ** 40]
      }),
    'ERR_MODEL_FORMAT',
    /model\.safetensors/,
  ],
  [
    'a huge header',
    () => {
      const folder = copyOf(small)
      rawSafetensors(join(folder, 'model.safetensors'), '{}', Buffer.alloc(8), 2n ** 62n)
      return folder
    },
    'ERR_MODEL_FORMAT',
    /model\.safetensors.*offset 0/,
  ],
  [
    'a tensor named twice',
    () => withWeights((header, _, [a]) => `{"${a}":${JSON.stringify(header[a])},${JSON.stringify(header).slice(1)}`),
    'ERR_MODEL_FORMAT',
    /model\.safetensors.*twice/,
  ],
  [
    'a header that is not UTF-8',
    () => withWeights(() => Buffer.from('{"\xff": 1}', 'latin1')),
    'ERR_MODEL_FORMAT',
    /model\.safetensors.*UTF-8/,
  ],
  [
    'an unknown dtype',
    () =>
      withWeights((header, _, [name]) => {
        header[name].dtype = 'F12'
      }),
    'ERR_MODEL_FORMAT',
    /model\.safetensors, offset 8: .*unknown dtype 'F12'/,
  ],
  [
    'missing and extra weights',
    () =>
      withWeights((header, _, [, name]) => {
        header['model.extra.weight'] = header[name]
        delete header[name]
      }),
    'ERR_MODEL_FORMAT',
    /model\.safetensors: .*missing: model\..*not of this model: model\.extra\.weight/,
  ],
  [
    'shapes that contradict config.json',
    () => withJson('config.json', { encoder_ffn_dim: 128 }),
    'ERR_MODEL_FORMAT',
    /64.*128|128.*64/,
  ],
  [
    'not-a-number in the weights',
    () => withWeights((_, data) => data.writeUInt16LE(0x7e00, 2000) && undefined),
    'ERR_MODEL_FORMAT',
    /model\.safetensors.*NaN/,
  ],
  [
    'infinity in the weights',
    () => withWeights((_, data) => data.writeUInt16LE(0x7c00, 2000) && undefined),
    'ERR_MODEL_FORMAT',
    /model\.safetensors.*[Ii]nfinity/,
  ],
  [
    'an unsupported model_type',
    () => withJson('config.json', { model_type: 'bert' }),
    'ERR_UNSUPPORTED',
    /config\.json: model_type 'bert'.*'glassformer', 'marian'/,
  ],
  ['a config.json that is no JSON', () => withBytes('config.json', '{"a": 1,'), 'ERR_MODEL_FORMAT', /config\.json/],
  ['a corrupt source.spm', () => withBytes('source.spm', Buffer.alloc(500, 7)), 'ERR_TOKENIZER_FORMAT', /source\.spm/],
  [
    'a truncated target.spm',
    () => withBytes('target.spm', readFileSync(join(embedded, 'target.spm')).subarray(0, 100_001)),
    'ERR_TOKENIZER_FORMAT',
    /target\.spm/,
  ],
  ['an empty source.spm', () => withBytes('source.spm', ''), 'ERR_TOKENIZER_FORMAT', /source\.spm/],
  ['a corrupt vocab.json', () => withBytes('vocab.json', '{"a": "b"}'), 'ERR_TOKENIZER_FORMAT', /vocab\.json/],
  ['a vocab.json that is no JSON', () => withBytes('vocab.json', '{"a"'), 'ERR_TOKENIZER_FORMAT', /vocab\.json/],
]

describe('a model folder', () => {
  it.each(damagedFolders)('%s', async (_, make, code, message) => {
    const error = await Translator.load(make(), { backend: backendNames[0] }).then(
      (translator) => translator.close(),
      (reason) => reason,
    )
    expect(error).toMatchObject({ name: 'GlassformerError', code, message: expect.stringMatching(message) })
  })
})

describe.skipIf(process.platform === 'win32')('a model folder on a system with named pipes', () => {
  it.each(['config.json', 'generation_config.json', 'vocab.json', 'source.spm', 'model.safetensors'])(
    'does not wait for one in place of %s',
    async (file) => {
      await expect(Translator.load(withPipe(file), { backend: backendNames[0] })).rejects.toMatchObject({
        code: 'ERR_FILE',
        message: expect.stringMatching(`${file}: it is neither a file nor a folder: check the path$`),
      })
    },
  )
})

const megabyte = 1 << 20
/** Texts that have a translation, whatever it is worth. */
const strange: [name: string, text: string][] = [
  ['a lone high surrogate', '\ud800'],
  ['a lone low surrogate in a text', 'Oui \udc00 non.'],
  ['NUL', '\0'],
  ['NUL in a text', 'Oui.\0 Non.'],
  ['emoji', 'Je suis content 😀👍🏽👨‍👩‍👧.'],
  ['right-to-left', 'مرحبا بالعالم'],
  ['a change of direction', '\u202eOui.\u202c'],
  ['a byte order mark', '\ufeffOui.'],
  ['letters of no width', '\u200b\u200d'],
  ['control characters', '\x01\x02\x7f'],
  ['no characters of Unicode', '\uffff\ufffe'],
  ['a hundred accents on one letter', `a${'\u0301'.repeat(100)}`],
  ['one letter after a megabyte of line ends', `${'\n'.repeat(megabyte)}x`],
]

describe.each(backendNames)('a text, %s', (backend) => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend, workers: 1 })
  })
  afterAll(async () => {
    expect((await translator.translate('Je suis étudiant.')).text).toBe('I am a student.')
    await translator.close()
  })
  const options = { beams: 1, maxTokens: 40 }

  it.each([
    ['an empty one', ''],
    ['white space', ' \n\t\u3000\u00a0\r\n'],
    ['a megabyte of white space', ' '.repeat(megabyte)],
  ])('%s has the empty translation', async (_, text) => {
    const expected = { text: '', score: 0, ids: [], tokenScores: [], finishReason: 'end' }
    expect(await translator.translate(text, options)).toEqual(expected)
    expect(translator.translateSync(text, options)).toEqual(expected)
  })

  it.each(strange)('%s is translated as any other', async (_, text) => {
    for (const copyUnknown of [true, false]) {
      const each = { ...options, copyUnknown }
      const translation = await translator.translate(text, each)
      expect(translation.ids.length + (translation.spans?.length ?? 0)).toBeGreaterThan(0)
      expect(translator.translateSync(text, each).ids).toEqual(translation.ids)
      let streamed = ''
      for await (const piece of translator.stream(text, each)) streamed += piece.text
      expect(streamed).toBe(translation.text)
    }
  })

  it.each([
    ['auto', /^a sentence of 10485\d\d tokens \(“éééé.*longer than the model's 512: break it into shorter sentences$/],
    ['always', /^a sentence of .*: break it into shorter sentences$/],
    ['never', /^a source of .*: split it into sentences, or leave option 'split' at 'auto'$/],
  ] as const)('a megabyte without a space is too long, split: %s', async (split, message) => {
    await expect(translator.translate('é'.repeat(megabyte), { ...options, split })).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: expect.stringMatching(message),
    })
  })

  it('a message shows a text in one line with any white space in it', async () => {
    const line = 'a\t\u00a0 b\u3000'.repeat(600)
    await expect(translator.translate(line, { ...options, split: 'never' })).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: expect.stringMatching(/^a source of \d+ tokens \(“a\t\u00a0 b\u3000a.*…”\) is longer than .*$/),
    })
  })

  it.each([
    ['nothing', undefined, /^a source must be a text, a text with spans, or a list of ids, not undefined$/],
    ['null', null, /not null$/],
    ['a number', 7, /not 7$/],
    ['an object', { texts: 'Oui.' }, /not \{ texts: 'Oui.' \}$/],
    ['an array of bytes', new Uint8Array(2), /not Uint8Array\(2\) \[ 0, 0 \]$/],
    ['a text among numbers', [1, 'Oui.'], /not \[ 1, 'Oui.' \]$/],
    ['a number among texts', ['Oui.', 1], /^source 1: a source must be .*, not 1$/],
    ['a function among numbers', [1, () => 2], /not \[ 1, \[Function \(anonymous\)\] \]$/],
    ['a hole', new Array(1), /^source 0: .* not undefined$/],
    ['an empty list of ids', [[]], /^source 0: .* not \[\]$/],
    ['an id outside the vocabulary', [1, 12000], /^id 12000 is outside the source vocabulary of 12000$/],
    ['a negative id', [[1], [-1]], /^source 1: id -1 is outside the source vocabulary/],
    ['an id that is no integer', [[1.5]], /^id 1.5 is outside/],
    ['an id that is not a number', [[Number.NaN, 1]], /^id NaN is outside/],
  ])('%s is refused', async (_, value, message) => {
    const expected = { code: 'ERR_INPUT', message: expect.stringMatching(message) }
    await expect(translator.translate(value as never, options)).rejects.toMatchObject(expected)
    expect(() => translator.translateSync(value as never, options)).toThrow(expect.objectContaining(expected))
  })

  it('too many ids are refused', async () => {
    await expect(translator.translate(new Array(600).fill(5), options)).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: `a source of 601 tokens is longer than the model's 512: give fewer ids at once`,
    })
  })

  it.each([
    ['no list', 'Oui.', /^score takes a list of \{ source, target \}$/],
    ['no target', [{ source: 'Oui.' }], /^target 0: a target must be a text or a list of ids, not undefined$/],
    ['no pair', [null], /^source 0: .*undefined$/],
    ['an unknown id', [{ source: 'Oui.', target: [1e9] }], /^id 1000000000 is outside the target vocabulary/],
  ])('%s to be scored is refused', async (_, pairs, message) => {
    await expect(translator.score(pairs as never)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(message),
    })
  })

  it('an empty target has the score of the end alone', async () => {
    const [{ ids, tokenScores }] = await translator.score([{ source: 'Oui.', target: '' }])
    expect(ids).toEqual([translator.model.config.ids.end])
    expect(tokenScores).toHaveLength(1)
  })
})
