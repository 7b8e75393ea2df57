import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import { GlassformerError } from '#dist/index.js'
import { golden } from './expected.ts'

const scratch = mkdtempSync(join(tmpdir(), 'ctranslate2-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Codes that a damaged model may have. */
const codes = ['ERR_MODEL_FORMAT', 'ERR_TOKENIZER_FORMAT', 'ERR_UNSUPPORTED', 'ERR_FILE']

function copyOf(model: string): { folder: string; bytes: Buffer } {
  const folder = mkdtempSync(join(scratch, 'model-'))
  cpSync(join(golden, model), folder, { recursive: true })
  return { folder, bytes: readFileSync(join(folder, 'model.bin')) }
}

/** The error with which a folder with these bytes is refused; null where it is read. Any other error fails the test. */
function refusal(folder: string, bytes: Uint8Array): GlassformerError | null {
  writeFileSync(join(folder, 'model.bin'), bytes)
  try {
    loadFolder(folder)
    return null
  } catch (error) {
    if (!(error instanceof GlassformerError) || !codes.includes(error.code)) throw error
    return error
  }
}

/** Random numbers that are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A file of the newest version with these variables and aliases. */
function file(variables: readonly Uint8Array[], aliases: readonly [string, string][] = []): Buffer {
  const name = (text: string) => Buffer.concat([u16(Buffer.byteLength(text) + 1), Buffer.from(`${text}\0`)])
  return Buffer.concat([
    ...[u32(6), name('TransformerSpec'), u32(7), u32(variables.length), ...variables, u32(aliases.length)],
    ...aliases.flatMap((pair) => pair.map(name)),
  ])
}
const u16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer)
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer)

function variable(name: string, dims: number[], dtype: number, bytes: number, data = bytes): Buffer {
  return Buffer.concat([
    ...[u16(name.length + 1), Buffer.from(`${name}\0`), Buffer.from([dims.length]), ...dims.map(u32)],
    ...[Buffer.from([dtype]), u32(bytes), Buffer.alloc(data)],
  ])
}

describe('a damaged model.bin', () => {
  test.each([
    'models/marian-int8',
    'models/t5-int16',
    'fixtures/v1/aren-transliteration-i16',
    'fixtures/v2/aren-transliteration-i8',
  ])('truncated anywhere is refused with an offset: %s', (model) => {
    const { folder, bytes } = copyOf(model)
    const random = numbers(7)
    for (let i = 0; i < 150; i++) {
      const error = refusal(folder, bytes.subarray(0, i < 60 ? i + 1 : random(bytes.length)))
      expect(error?.code).toBe('ERR_MODEL_FORMAT')
      expect(error?.message).toMatch(/offset \d+/)
    }
  })

  test.each(['models/marian-int8', 'models/shaw-bfloat16', 'fixtures/v2/aren-transliteration-i8'])(
    'with other bytes in its headers is read accordingly, or refused: %s',
    (model) => {
      const { folder, bytes } = copyOf(model)
      const random = numbers(11)
      let refused = 0
      for (let i = 0; i < 450; i++) {
        const edited = Buffer.from(bytes)
        const at = random(i % 3 ? 6000 : bytes.length)
        if (i % 2) edited.writeUInt32LE([0, 1, 0xffffffff, 0x80000000][random(4)], Math.min(at, bytes.length - 4))
        else edited[at] ^= 1 << random(8)
        if (refusal(folder, edited)) refused++
      }
      expect(refused).toBeGreaterThan(50)
      expect(readdirSync(folder).sort()).toEqual(readdirSync(join(golden, model)).sort()) // nothing was written
    },
  )

  const { folder, bytes } = copyOf('models/marian-int8')
  test.each<[string, Buffer, RegExp]>([
    ['2^32 variables', Buffer.from(bytes).fill(0xff, 26, 30), /offset 26: 4294967295 variables/],
    ['a variable of 2^32 rows', file([variable('a', [0xffffffff, 0xffffffff], 0, 16)]), /offset \d+: .* takes/],
    [
      'data that goes on past the file',
      file([variable('a', [4, 1 << 20], 1, 1 << 22, 8)]),
      /offset \d+: .* the file ends at/,
    ],
    [
      'a wrong size of items',
      file([variable('a', [4], 0, 4)]),
      /offset \d+: "a" has 4 bytes where float32 \[4\] takes 16/,
    ],
    ['an unknown dtype', file([variable('a', [4], 9, 16)]), /offset \d+: .*unknown dtype/],
    ['200 dimensions', file([variable('a', Array(200).fill(1), 1, 1)]), /offset \d+: "a" has 200 dimensions/],
    [
      'two variables of one name',
      file([variable('a', [1], 1, 1), variable('a', [1], 1, 1)]),
      /offset \d+: two variables/,
    ],
    [
      'an alias that is a variable',
      file([variable('a', [1], 1, 1), variable('b', [1], 1, 1)], [['a', 'b']]),
      /offset \d+: the alias/,
    ],
    [
      'an alias of two variables',
      file(
        [variable('a', [1], 1, 1), variable('b', [1], 1, 1)],
        [
          ['c', 'a'],
          ['c', 'b'],
        ],
      ),
      /offset \d+: the alias/,
    ],
    [
      'a name of 64 kB',
      Buffer.concat([u32(6), u16(0xffff), Buffer.alloc(70_000, 97)]),
      /offset \d+: .*no text with a zero/,
    ],
    ['bytes after its end', Buffer.concat([bytes, Buffer.from('more')]), /offset \d+: 4 bytes after the last entry/],
  ])('with %s is refused', (_, edited, words) => {
    const error = refusal(folder, edited)
    expect([error?.code, error?.message]).toEqual(['ERR_MODEL_FORMAT', expect.stringMatching(words)])
  })

  test.each<[string, Buffer, RegExp]>([
    ['a newer version', Buffer.concat([u32(7), bytes.subarray(4)]), /version 7/],
    [
      'a decoder alone',
      Buffer.concat([u32(6), u16(23), Buffer.from('TransformerDecoderSpec\0'), u32(8), u32(0), u32(0)]),
      /TransformerDecoderSpec/,
    ],
    ['wav2vec', Buffer.concat([u32(6), u16(13), Buffer.from('Wav2Vec2Spec\0'), u32(3), u32(0), u32(0)]), /wav2vec/],
    [
      'a newer revision',
      Buffer.concat([u32(6), u16(16), Buffer.from('TransformerSpec\0'), u32(8), u32(0), u32(0)]),
      /revision 8/,
    ],
    ['rotary positions', withAttribute('decoder/layer_0/self_attention/rotary_dim', 16), /rotary positions/],
    ['soft caps', withAttribute('decoder/final_logit_softcapping', 30), /soft caps/],
    ['ALiBi', withAttribute('decoder/alibi2', 1), /does not know/],
    ['int4 by AWQ', withAttribute('decoder/layer_0/ffn/linear_0/weight_zero', 0), /AWQ/],
  ])('with %s is refused by name', (_, edited, words) => {
    const error = refusal(folder, edited)
    expect([error?.code, error?.message]).toEqual(['ERR_UNSUPPORTED', expect.stringMatching(words)])
  })

  /** The model with one more attribute in front. */
  function withAttribute(name: string, value: number): Buffer {
    const attribute = variable(name, [], 1, 1)
    attribute[attribute.length - 1] = value
    const count = bytes.readUInt32LE(26)
    return Buffer.concat([bytes.subarray(0, 26), u32(count + 1), attribute, bytes.subarray(30)])
  }
})

describe('other damaged files', () => {
  test('vocabularies: of another length, no JSON, no list', () => {
    const { folder, bytes } = copyOf('models/marian-int8')
    for (const text of ['[]', '["</s>", "<unk>"]', '{', '{}', '[1]', `["${'a'.repeat(5000)}"]`]) {
      writeFileSync(join(folder, 'shared_vocabulary.json'), text)
      expect(refusal(folder, bytes)?.code).toBe('ERR_TOKENIZER_FORMAT')
    }
    rmSync(join(folder, 'shared_vocabulary.json'))
    expect(refusal(folder, bytes)?.code).toBe('ERR_FILE')
  })

  test('an Argos package with any bytes changed is read or refused', () => {
    const path = join(scratch, 'translate.argosmodel')
    const bytes = readFileSync(join(golden, 'translate-fr_en.argosmodel'))
    const random = numbers(3)
    let refused = 0
    for (let i = 0; i < 120; i++) {
      const edited = i % 4 ? Buffer.from(bytes) : Buffer.from(bytes.subarray(0, random(bytes.length)))
      const places = i % 2 ? bytes.length : 600
      if (i % 4) edited[edited.length - 1 - random(places)] ^= 1 << random(8)
      writeFileSync(path, edited)
      try {
        loadFolder(path)
      } catch (error) {
        refused++
        expect(error).toBeInstanceOf(GlassformerError)
        expect(codes).toContain((error as GlassformerError).code)
      }
    }
    expect(refused).toBeGreaterThan(60)
  })
})
