import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { MarianTensors } from '#dist/files/folders/marian/tensors.js'
import { openDiskFile } from '#dist/formats/disk/disk-file.js'
import { parseFlatYaml } from '#dist/formats/marian/flat-yaml.js'
import { readMarianShortlist } from '#dist/formats/marian/marian-shortlist.js'
import { Random } from '../engine/program/random-operands.ts'
import { marianBinary, npy, npz, shortlist } from '../files/folders/marian/marian-files.ts'
import { marianFolder, optionsOf, quantizedOf, weightsOf } from '../files/folders/marian/small-model.ts'
import { expectError, scratchFolder } from './raw-safetensors.ts'
import { zip } from './torch-file.ts'

const scratch = scratchFolder()
let files = 0
function stored(content: Uint8Array, ending: string): string {
  const path = join(scratch, `${files++}${ending}`)
  writeFileSync(path, content)
  return path
}

describe('YAML as Marian writes it', () => {
  it('has keys with scalars and lists', () => {
    const text = `---
a: [] # nothing
b: ["x, y", 'it''s', 3, no]
"q: k": "\\u00e9\\x41"
d:
- 1
- n
e: ""
u: a#b
::: 7
path:   /some/where
n: ~
x: -1.5e3
...
after: the end`
    expect(Object.fromEntries(parseFlatYaml(`\ufeff${text}`, 'f'))).toEqual({
      a: [],
      b: ['x, y', "it's", 3, false],
      'q: k': 'éA',
      d: [1, 'n'],
      e: '',
      u: 'a#b',
      '::': 7,
      path: '/some/where',
      n: null,
      x: -1500,
    })
  })

  it.each([
    ['a', 0, 'no key'],
    ['é: 1\nb: {}', 9, 'no scalar'],
    ['a:\n  b: 1', 5, 'a key within another key'],
    ['a: [1', 5, 'a list that is not closed'],
    ['a: 1\na: 2', 5, 'a second time'],
    ['- 3', 0, 'an item of no list'],
    ['a: |\n  x', 3, 'no scalar'],
    ['a: "x', 3, 'not closed'],
    ['\ta: 1', 1, 'a tab'],
    ['a: "\\q"', 4, 'no escape'],
    ['a: &x 1', 3, 'no scalar'],
    ['a: b: c', 3, 'a key within another key'],
    ['a: 1\n---\nb: 2', 5, 'a second document'],
  ])('%j is refused at its place', (text, offset, what) =>
    expectError(() => parseFlatYaml(text, 'f'), 'ERR_MODEL_FORMAT', `f, offset ${offset}: `, what),
  )
})

const items = { decoder_l1_rnn_W: { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) } }
const open = (path: string) => () => new MarianTensors(openDiskFile(path)).close()

describe('a damaged .bin', () => {
  const whole = marianBinary(items, 'type: transformer\n')
  const changed = (at: number, value: bigint) => {
    const bytes = Buffer.from(whole)
    bytes.writeBigUInt64LE(value, at)
    return open(stored(bytes, '.bin'))
  }
  it.each<[string, number, bigint, string, string]>([
    ['another version', 0, 2n, 'ERR_MODEL_FORMAT', 'offset 0: the version is 2'],
    ['an encrypted model', 0, 2_000_000_000n, 'ERR_UNSUPPORTED', 'offset 0: the model is encrypted'],
    ['too many items', 8, 1n << 40n, 'ERR_MODEL_FORMAT', 'offset 8: '],
    ['a number out of range', 8, 1n << 63n, 'ERR_MODEL_FORMAT', 'offset 8: '],
    ['a name without end', 16, 5n, 'ERR_MODEL_FORMAT', 'offset 80: '],
    ['an unknown type', 24, 0x999n, 'ERR_MODEL_FORMAT', 'offset 16: "decoder_l1_rnn_W" is of the unknown type 0x999'],
    ['more axes than there are bytes', 32, 1n << 30n, 'ERR_MODEL_FORMAT', 'offset '],
    ['values after the end', 40, 1n << 20n, 'ERR_MODEL_FORMAT', 'offset 16: "decoder_l1_rnn_W" has 1048576 bytes'],
    [
      'too few values',
      40,
      20n,
      'ERR_MODEL_FORMAT',
      'offset 16: "decoder_l1_rnn_W" has 20 bytes where float32 [2, 3] takes 24',
    ],
  ])('%s', (_, at, value, code, part) => expectError(changed(at, value), code, part))
  it('cut short, or with bytes after', () => {
    expectError(open(stored(whole.subarray(0, -3), '.bin')), 'ERR_MODEL_FORMAT', 'past the end of the file')
    expectError(open(stored(Buffer.concat([whole, Buffer.alloc(5)]), '.bin')), 'ERR_MODEL_FORMAT', '5 bytes after')
  })
})

describe('a damaged .npz', () => {
  const array = npy('<f4', [2, 3], new Uint8Array(items.decoder_l1_rnn_W.values.buffer))
  const archive = (content: Uint8Array, more: object = {}) =>
    stored(zip([{ name: 'decoder_l1_rnn_W.npy', content, ...more }]), '.npz')
  it('is read as a whole', () => {
    const tensors = new MarianTensors(openDiskFile(stored(npz(items, 'type: transformer\n'), '.npz')))
    const values = new Float32Array(6)
    tensors.readFloats('decoder_l1_rnn_W', values)
    tensors.close()
    expect([...values]).toEqual([1, 4, 2, 5, 3, 6])
  })
  it.each<[string, () => string, string, string]>([
    ['compressed, as a bomb is', () => archive(array, { method: 8 }), 'ERR_UNSUPPORTED', 'is compressed or encrypted'],
    ['larger than it is', () => archive(array, { listed: { size: 1 << 30 } }), 'ERR_MODEL_FORMAT', 'offset '],
    [
      'pickled objects',
      () => archive(npy('|O', [2, 3], new Uint8Array(24))),
      'ERR_UNSUPPORTED',
      'pickled objects, which could run code',
    ],
    [
      'a wrong shape',
      () => archive(npy('<f4', [2, 4], new Uint8Array(24))),
      'ERR_MODEL_FORMAT',
      'has 24 bytes of data where <f4 [2, 4] takes 32',
    ],
    [
      'an impossible shape',
      () => archive(npy('<f4', [2 ** 40, 2 ** 40], new Uint8Array(24))),
      'ERR_MODEL_FORMAT',
      'the impossible shape',
    ],
    ['another type', () => archive(npy('<f8', [1, 3], new Uint8Array(24))), 'ERR_UNSUPPORTED', '<f8'],
    ['no array', () => archive(Buffer.from('hello')), 'ERR_MODEL_FORMAT', 'offset '],
    [
      'an unknown version',
      () => archive(Buffer.concat([array.subarray(0, 6), Buffer.from([9]), array.subarray(7)])),
      'ERR_MODEL_FORMAT',
      'version 9',
    ],
    [
      'another file',
      () => stored(zip([{ name: 'a.txt', content: array }]), '.npz'),
      'ERR_MODEL_FORMAT',
      '"a.txt" is no array',
    ],
    ['cut short', () => stored(npz(items, '').subarray(0, 200), '.npz'), 'ERR_MODEL_FORMAT', 'offset 200'],
  ])('%s', (_, path, code, part) => expectError(open(path()), code, part))
})

describe('a damaged shortlist', () => {
  const whole = shortlist(3, [[4, 5], [], [6]])
  it('is read as a whole', () => {
    const { first, offsets, targets } = readMarianShortlist(whole, 'lex.bin')
    expect([first, [...offsets], [...targets]]).toEqual([3, [0, 2, 2, 3], [4, 5, 6]])
  })
  it.each<[string, Uint8Array, string, string]>([
    ['another mark', Buffer.from('a b 0.5\nc d 0.25\n'), 'ERR_UNSUPPORTED', 'offset 0: this is no binary shortlist'],
    ['cut within its header', whole.subarray(0, 20), 'ERR_MODEL_FORMAT', 'offset 20: '],
    ['cut within its tables', whole.subarray(0, -2), 'ERR_MODEL_FORMAT', 'offset 32: '],
    ['a wrong checksum', shortlist(3, [[4, 5], [], [6]], 7n), 'ERR_MODEL_FORMAT', 'offset 8: the checksum'],
  ])('%s', (_, content, code, part) => expectError(() => readMarianShortlist(content, 'lex.bin'), code, part))
})

test('files damaged at random load, or are refused with a code', () => {
  const random = new Random(36)
  const items = quantizedOf(weightsOf(), { type: 0x4101 })
  const folder = marianFolder(join(scratch, 'damaged'), { items, options: optionsOf() })
  const codes = ['ERR_MODEL_FORMAT', 'ERR_UNSUPPORTED', 'ERR_FILE', 'ERR_TOKENIZER_FORMAT', 'ERR_MEMORY']
  let refused = 0
  for (const name of ['model.bin', 'lex.bin', 'config.yml', 'vocab.spm']) {
    const path = join(folder, name)
    const whole = readFileSync(path)
    for (let i = 0; i < 12; i++) {
      const bytes = Buffer.from(whole)
      // Headers have the numbers on which everything depends.
      const reach = i % 2 ? bytes.length : Math.min(bytes.length, 2000)
      for (let k = 0; k < 1 + (i % 3); k++) bytes[random.integer(0, reach - 1)] ^= 1 << random.integer(0, 7)
      writeFileSync(path, i % 4 === 3 ? bytes.subarray(0, random.integer(0, reach)) : bytes)
      try {
        loadFolder(folder)
      } catch (error) {
        expect(error).toBeInstanceOf(GlassformerError)
        expect(codes).toContain((error as GlassformerError).code)
        refused++
      }
    }
    writeFileSync(path, whole)
  }
  expect(refused).toBeGreaterThan(15)
  loadFolder(folder)
})
