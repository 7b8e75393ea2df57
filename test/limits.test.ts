import { execFileSync } from 'node:child_process'
import { closeSync, cpSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { shownJson } from '#dist/base/errors.js'
import {
  LARGEST_SETTINGS,
  LARGEST_TOKENIZER_FILE,
  LONGEST_LINE,
  LONGEST_TEXT,
  MOST_SOURCES,
} from '#dist/base/limits.js'
import { readBytes } from '#dist/formats/disk/read-file.js'
import { parseJson } from '#dist/formats/json/json-text.js'
import { readMarianVocabulary } from '#dist/formats/marian/marian-vocabulary.js'
import { convertFolder, Translator, Weights, writeGlassformerFolder } from '#dist/index.js'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { corpusBleu, sentenceChrf } from '#dist/learn/train/index.js'
import { buildDoubleArray } from '#dist/learn/train/vocabulary/double-array.js'
import { ended, glassformer, start } from './cli/command.ts'
import { edit } from './files/folders/edited-folder.ts'
import { scratchFolder } from './formats/raw-safetensors.ts'
import { quickest } from './use/translate/backend-names.ts'

// Input that would fill the memory, or has no end, is refused at once with the limit.
const scratch = scratchFolder()
const embedded = fileURLToPath(new URL('../models/fr-en', import.meta.url))

const stack = { layers: 1, heads: 2, dHead: 4, dFeedForward: 8 }
const ids = { end: 0, start: 1, padding: 1, unknown: 2 }
const wordList = '</s>\n<s>\n<unk>\na\nb\n'
const words = join(scratch, 'words')
const weights = new Weights({
  dModel: 8,
  encoder: stack,
  decoder: stack,
  activation: 'relu',
  positions: { kind: 'interleaved' },
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  embeddingScale: 1,
  outputScale: 1,
  ids,
  maxLength: 9,
  sourceVocabulary: 5,
  targetVocabulary: 5,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: false,
  linearBias: true,
})
writeGlassformerFolder(words, { weights, dtype: 'float32', tokenizer: { kind: 'words', source: wordList } })

let copies = 0
/** A copy of a folder, of which `change` makes another. */
function changed(folder: string, change: (copy: string) => void): string {
  const copy = join(scratch, `changed-${copies++}`)
  cpSync(folder, copy, { recursive: true })
  change(copy)
  return copy
}

/** A file of so many bytes that takes no room on the disk. */
function sparse(path: string, bytes: number): void {
  closeSync(openSync(path, 'w'))
  truncateSync(path, bytes)
}

const load = async (folder: string) => (await Translator.load(folder, { backend: quickest, workers: 1 })).close()
const refusal = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) })

describe('a file that is too large is not read', () => {
  test.each([
    ['config.json', LARGEST_SETTINGS, 'ERR_MODEL_FORMAT', /config\.json: it has more than 16,777,216 bytes/],
    ['generation_config.json', LARGEST_SETTINGS, 'ERR_MODEL_FORMAT', /generation_config\.json: it has more than 16,7/],
    ['vocab.json', LARGEST_TOKENIZER_FILE, 'ERR_TOKENIZER_FORMAT', /vocab\.json: it has more than 33,554,432 bytes/],
    ['source.spm', LARGEST_TOKENIZER_FILE, 'ERR_TOKENIZER_FORMAT', /source\.spm: it has more than 33,554,432 bytes/],
  ])('%s of a model', async (file, most, code, message) => {
    for (const bytes of [most + 1, 1.9e9]) {
      const folder = changed(embedded, (copy) => sparse(join(copy, file), bytes))
      await expect(load(folder)).rejects.toMatchObject(refusal(code, message))
      expect(() => convertFolder(folder, join(scratch, 'to'), 'float16')).toThrow(expect.objectContaining({ code }))
    }
  })

  test('a list of words', async () => {
    const folder = changed(words, (copy) => sparse(join(copy, 'source.txt'), 140e6))
    await expect(load(folder)).rejects.toMatchObject(refusal('ERR_TOKENIZER_FORMAT', /source\.txt: it has more than/))
  })

  test('settings of a training', async () => {
    const settings = join(scratch, 'settings.json')
    sparse(settings, 1.9e9)
    for (const path of [settings, '/dev/zero']) {
      const { code, stderr } = await glassformer(['train', path, '--output', join(scratch, 'run')])
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `glassformer: ERR_OPTION: ${path}: it has more than 16,777,216 bytes, the most that such a JSON file may have; check the path\n`,
      })
    }
  })

  test('a file that is larger than the system says is counted while it is read', () => {
    const path = join(scratch, 'grows')
    writeFileSync(path, 'x'.repeat(100))
    const limit = { what: 'this', most: 99, code: 'ERR_INPUT' } as const
    expect(() => readBytes(path, limit)).toThrow('it has more than 99 bytes, the most that this may have')
    expect(readBytes(path, { ...limit, most: 100 })).toHaveLength(100)
  })
})

describe('lines', () => {
  const evaluated = (path: string) => glassformer(['evaluate', '--hypotheses', path, '--references', path])

  test.each([
    ['of a line without end', gzipSync(Buffer.alloc(3 * LONGEST_LINE, 'a')), /line 1: it has more than 1048576 bytes/],
    [
      'of a million and one line ends',
      gzipSync(Buffer.alloc(1_000_001, '\n')),
      /more than 1,000,000 lines or 268,435,456/,
    ],
    [
      'of a million and one line ends, unpacked',
      Buffer.alloc(1_000_001, '\n'),
      /more than 1,000,000 lines or 268,435,4/,
    ],
  ])('a file to be scored %s is refused', async (_, bytes, message) => {
    const path = join(scratch, 'lines')
    writeFileSync(path, bytes)
    const { code, stderr } = await evaluated(path)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_INPUT: /)
    expect(stderr).toMatch(message)
  })

  test.runIf(process.platform === 'linux')(
    'a file to be scored without end is refused, and a folder, and a pipe that nobody writes to',
    async () => {
      const pipe = join(scratch, 'pipe')
      execFileSync('mkfifo', [pipe])
      for (const [path, message] of [
        ['/dev/zero', 'ERR_INPUT: /dev/zero, line 1: it has more than 1048576 bytes'],
        [scratch, 'it is a folder where a file was expected'],
        [pipe, 'it is a pipe that nobody writes to'],
      ]) {
        expect((await evaluated(path)).stderr).toContain(message)
        const { stderr } = await glassformer(['train', '--tsv', path, '--output', join(scratch, 'run')])
        expect(stderr).toMatch(/ERR_FILE: cannot read .*: it is (neither a file nor a folder|a folder)/)
      }
    },
  )

  test.runIf(process.platform === 'linux')(
    'a pipe is read as a file is, packed or not, however slowly it comes',
    async () => {
      const packed = join(scratch, 'packed.gz')
      writeFileSync(packed, gzipSync('a b c d\n'))
      const slowly = `{ head -c 1 ${packed}; sleep 0.2; tail -c +2 ${packed}; }`
      const command = `exec "$0" "$1" evaluate --hypotheses <(sleep 0.2; echo a b c d) --references <(${slowly})`
      const cli = fileURLToPath(new URL('../dist/cli/glassformer.js', import.meta.url))
      expect(execFileSync('bash', ['-c', command, process.execPath, cli], { encoding: 'utf8' })).toMatch(/ = 100\.00 /)
    },
  )

  test.runIf(process.platform === 'linux')(
    'a line beyond the limit is refused, and the lines before it are translated',
    async () => {
      const zero = openSync('/dev/zero', 'r')
      const { code, stderr } = await ended(start(['translate', '--model', embedded], { stdio: [zero, 'pipe', 'pipe'] }))
      closeSync(zero)
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'glassformer: ERR_INPUT: line 1: it has more than 1048576 bytes; is this a text?\n',
      })
      const long = await glassformer(['translate'], `Merci.\n${'a'.repeat(LONGEST_LINE + 1)}\n`)
      expect(long).toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_INPUT: line 2: it has more than') })
    },
  )
})

describe('a text', () => {
  test.each(['translate', 'translateSync', 'score'] as const)(
    'beyond the length limit is refused by %s, and so are texts beyond the number limit',
    async (name) => {
      await using translator = await Translator.load(words, { backend: quickest, workers: 1 })
      const given = (source: string | number[]) => (name === 'score' ? [{ source, target: 'a' }] : [source])
      const call = async (sources: unknown) =>
        (translator[name] as (given: unknown) => unknown).call(translator, sources)
      const text = 'a '.repeat(LONGEST_TEXT / 2)
      const tooLong = refusal(
        'ERR_INPUT_TOO_LONG',
        /source 0: a source of 2,097,153 (characters|ids), where one may have 2,097,152/,
      )
      await expect(call(given(`${text}a`))).rejects.toMatchObject(tooLong)
      await expect(call(given(new Array(LONGEST_TEXT + 1).fill(3)))).rejects.toMatchObject(tooLong)
      const many = new Array(MOST_SOURCES + 1).fill(given('a')[0])
      await expect(call(many)).rejects.toMatchObject(
        refusal('ERR_INPUT_TOO_LONG', /1,000,001, where one call may have 1,/),
      )
    },
  )

  test('beyond the length limit is not scored', () => {
    const text = 'a'.repeat(LONGEST_TEXT + 1)
    expect(() => corpusBleu(['a', text], [['a'], ['a']])).toThrow(
      expect.objectContaining(refusal('ERR_INPUT_TOO_LONG', /^hypotheses\[1\] has 2,097,153 characters/)),
    )
    expect(() => sentenceChrf('a', ['a', text])).toThrow(/^references\[0\]\[1\] has 2,097,153 characters/)
  })
})

describe('a .spm', () => {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
  const field = (number: number, content: ArrayLike<number>) =>
    Buffer.concat([Buffer.from([...varint(8 * number + 2), ...varint(content.length)]), Buffer.from(content as Buffer)])
  const unknown = field(1, [...field(1, Buffer.from('<unk>')), 0x18, 2])
  /** A model whose rules replace a by so many letters. */
  function growing(letters: number): Uint8Array {
    const units = buildDoubleArray([Buffer.from('a')], [0])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(units.byteLength)
    const rules = [
      size,
      Buffer.from(units.buffer, units.byteOffset, units.byteLength),
      Buffer.alloc(letters, 'b'),
      Buffer.of(0),
    ]
    return Buffer.concat([unknown, field(3, field(2, Buffer.concat(rules)))])
  }

  test('with a replacement beyond the limit is refused', () => {
    expect(() => SentencePiece.read(growing(4097), 'x.spm')).toThrow(
      expect.objectContaining(
        refusal('ERR_TOKENIZER_FORMAT', /^x\.spm: .*precompiled_charsmap\) has more than 4096 bytes/),
      ),
    )
    expect(SentencePiece.read(growing(4096), 'x.spm').normalize('a')).toBe(`▁${'b'.repeat(4096)}`)
  })

  test('cannot make a text grow without end', () => {
    expect(() => SentencePiece.read(growing(4000), 'x.spm').encode('a'.repeat(20_000))).toThrow(
      expect.objectContaining(
        refusal('ERR_INPUT_TOO_LONG', /^a text of more than 33,554,432 bytes, when the replacement/),
      ),
    )
  })

  test('with a piece beyond the limit is refused, and so are vocab.json and a list of words', () => {
    const long = 'x'.repeat(4097)
    const piece = field(1, field(1, Buffer.from(long)))
    expect(() => SentencePiece.read(Buffer.concat([unknown, piece]), 'x.spm')).toThrow(
      /a text has 4097 bytes, more than/,
    )
    expect(() => readMarianVocabulary(`{"${long}": 0}`, 'v', [])).toThrow(/x….* has more than 4096 characters/)
  })
})

describe('JSON', () => {
  const fail = (what: string, position: number): never => {
    throw new Error(`${what} at ${position}`)
  }

  test('has limits of values and levels, which are counted before they are created', () => {
    expect(() => parseJson(`[0${',0'.repeat(1_000_000)}]`, fail)).toThrow('more than 1,000,000 values at 1999998')
    expect(parseJson(`[0${',0'.repeat(999_990)},",,{[\\"[,"]`, fail)).toHaveLength(999_992)
    for (const levels of [101, 10_000, 1_000_000])
      expect(() => parseJson('['.repeat(levels) + ']'.repeat(levels), fail)).toThrow(
        'nested deeper than 100 levels at 100',
      )
  })

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('of a vocabulary may be 10,000 %s in one another: its id is shown in short', (_, open, close) => {
    const nested = open.repeat(10_000) + (close === '}' ? '1' : '') + close.repeat(10_000)
    expect(() => readMarianVocabulary(`{"a": ${nested}}`, 'vocab.json', [])).toThrow(
      expect.objectContaining(
        refusal('ERR_TOKENIZER_FORMAT', /^vocab\.json: .*the id of "a" is [^ ]{160}…, which is no id/),
      ),
    )
  })

  test('of a vocabulary has no key twice', () => {
    const vocabulary = '{"</s>": 0, ":": 1, "\\":": 2, "\\\\": 3, "}": 4}'
    expect(readMarianVocabulary(vocabulary, 'v', []).pieces).toEqual(['</s>', ':', '":', '\\', '}'])
    for (const twice of ['":": 1', '"\\u003a" : 1', '"</s>": 9', '"\\\\": {}', '"}" :"}"'])
      expect(() => readMarianVocabulary(vocabulary.replace('{', `{${twice}, `), 'v', [])).toThrow(/stands twice/)
  })

  test('of any kind is shortened in messages', () => {
    expect(shownJson({ a: [1, 'b', null, { c: {} }], '"': true })).toBe('{"a":[1,"b",null,{"c":{}}],"\\"":true}')
    for (const large of [new Array(1e6).fill({ a: 1 }), 'x'.repeat(1e6), { ['x'.repeat(1e6)]: 1 }, [['x'.repeat(1e6)]]])
      expect(shownJson(large)).toMatch(/^.{160}…$/)
  })
})

describe.skipIf(process.platform === 'win32')(
  'a symbolic link to nothing, or in a circle, is an error and no missing file',
  () => {
    // target_vocab.json is read if tokenizer_config.json does not say that there is one vocabulary, as the embedded model does.
    test.each(['generation_config.json', 'tokenizer_config.json', 'shortlist.safetensors'])(
      'in place of %s',
      async (file) => {
        for (const [target, message] of [
          ['nowhere', `${file}: it is a symbolic link that leads nowhere`],
          [file, `${file}: its symbolic links go round in a circle`],
        ]) {
          const folder = changed(embedded, (copy) => {
            rmSync(join(copy, file), { force: true })
            symlinkSync(target, join(copy, file))
          })
          const expected = { code: 'ERR_FILE', message: expect.stringContaining(message) }
          await expect(load(folder)).rejects.toMatchObject(expected)
          expect(() => convertFolder(folder, join(scratch, 'to'), 'float16')).toThrow(expect.objectContaining(expected))
        }
      },
    )

    test('in place of all files of a tokenizer', async () => {
      const folder = changed(embedded, (copy) => {
        for (const file of ['source.spm', 'target.spm', 'vocab.json']) {
          rmSync(join(copy, file))
          symlinkSync('nowhere', join(copy, file))
        }
      })
      await expect(load(folder)).rejects.toMatchObject(refusal('ERR_FILE', /source\.spm: it is a symbolic link/))
    })
  },
)

describe('a folder whose parts contradict each other is refused when it is loaded', () => {
  const inConfig = (change: object) =>
    edit(
      changed(embedded, () => {}),
      'config.json',
      (json) => Object.assign(json, change),
    )

  test.each([
    [
      'a vocabulary larger than memory',
      { vocab_size: 2 ** 40, decoder_vocab_size: 2 ** 40 },
      /shared\.weight is \[12000, 256\], not \[1099511627776, 256\]/,
    ],
    ['a width larger than memory', { d_model: 2 ** 40 }, /of another shape/],
    [
      'more layers than tensors',
      { encoder_layers: 10_000, decoder_layers: 10_000 },
      /missing: most of 20,000 layers, for there are only \d+ tensors/,
    ],
  ])('%s', async (_, change, message) => {
    const began = performance.now()
    await expect(load(inConfig(change))).rejects.toMatchObject(refusal('ERR_MODEL_FORMAT', message))
    expect(performance.now() - began).toBeLessThan(4000)
  })

  test.each([
    ['cut short after a line', wordList.slice(0, -2)],
    ['cut short within a line', wordList.replace('\nb\n', '')],
  ])('a list of words %s', async (_, list) => {
    const folder = changed(words, (copy) => writeFileSync(join(copy, 'source.txt'), list))
    await expect(load(folder)).rejects.toMatchObject(
      refusal('ERR_MODEL_FORMAT', /the list has 4 words and the model 5 ids for the source: it is cut short/),
    )
  })

  test.each(['separate_vocabs', 'clean_up_tokenization_spaces'])('%s is neither true nor false', async (name) => {
    for (const value of ['true', 1, []]) {
      const folder = edit(
        changed(embedded, () => {}),
        'tokenizer_config.json',
        (json) => Object.assign(json, { [name]: value }),
      )
      await expect(load(folder)).rejects.toMatchObject(
        refusal('ERR_TOKENIZER_FORMAT', new RegExp(`${name} is .*; write true or false`)),
      )
    }
  })

  it('is not converted if its tokenizer is damaged', () => {
    const to = join(scratch, 'converted')
    for (const file of ['source.spm', 'target.spm', 'vocab.json']) {
      const bytes = readFileSync(join(embedded, file))
      const folder = changed(embedded, (copy) => writeFileSync(join(copy, file), bytes.subarray(0, 1000)))
      expect(() => convertFolder(folder, to, 'float16')).toThrow(
        expect.objectContaining({ code: 'ERR_TOKENIZER_FORMAT' }),
      )
    }
    expect(() => readFileSync(join(to, 'config.json'))).toThrow()
  })
})
