import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openDiskFile } from '#dist/formats/disk/disk-file.js'
import { pyTorchFile } from '#dist/formats/tensors/pytorch.js'
import { Random } from '../engine/program/random-operands.ts'
import { scratchFolder } from './raw-safetensors.ts'
import { archive, bytesOf, call, dictionary, global, integer, tensor, text, tuple, zip } from './torch-file.ts'

const openPyTorch = (path: string) => pyTorchFile(openDiskFile(path))

const scratch = scratchFolder()
const golden = fileURLToPath(new URL('../golden/hub/marian-bin/model/', import.meta.url))

let files = 0
function stored(content: Uint8Array): string {
  const path = join(scratch, `${files++}.bin`)
  writeFileSync(path, content)
  return path
}

function valuesOf(path: string, name: string): number[] {
  const file = openPyTorch(path)
  const values = new Float32Array(file.tensors.get(name)!.shape.reduce((a, b) => a * b, 1))
  file.readFloats(name, values)
  file.close()
  return [...values]
}

const numbers = Float32Array.from({ length: 12 }, (_, i) => i + 0.5)
const matrix = { count: 12, shape: [3, 4], strides: [4, 1] }

describe('tensors of torch.save', () => {
  const entries = {
    whole: tensor(matrix),
    'view from the fifth value on': tensor({ ...matrix, first: 4, shape: [2, 4] }),
    transposed: tensor({ ...matrix, shape: [4, 3], strides: [1, 4] }),
    column: tensor({ ...matrix, first: 1, shape: [3], strides: [4] }),
    parameter: call(global('torch._utils', '_rebuild_parameter'), tensor(matrix), bytesOf(0x88), bytesOf('N')),
    scalar: tensor({ ...matrix, first: 11, shape: [], strides: [] }),
    nothing: tensor({ ...matrix, shape: [0, 4] }),
    half: tensor({ type: 'HalfStorage', key: '1', count: 2, shape: [2], strides: [1] }),
    bfloat: tensor({ type: 'BFloat16Storage', key: '2', count: 2, shape: [2], strides: [1] }),
    long: tensor({ type: 'LongStorage', key: '3', count: 1, shape: [1], strides: [1] }),
  }
  const storages = {
    0: numbers,
    1: Uint16Array.of(0x3c00, 0xc100),
    2: Uint16Array.of(0x3f80, 0xc020),
    3: BigInt64Array.of(7n),
  }
  const path = stored(archive(dictionary(entries), storages))
  const all = [...numbers]

  it.each([
    ['whole', all],
    ['view from the fifth value on', all.slice(4)],
    ['transposed', [0, 1, 2, 3].flatMap((column) => [0, 1, 2].map((row) => all[4 * row + column]))],
    ['column', [all[1], all[5], all[9]]],
    ['parameter', all],
    ['scalar', [all[11]]],
    ['nothing', []],
    ['half', [1, -2.5]],
    ['bfloat', [1, -2.5]],
  ])('%s', (name, expected) => expect(valuesOf(path, name)).toEqual(expected))

  it('in part, integers, and none of another type', () => {
    const file = openPyTorch(path)
    const part = new Float32Array(5)
    file.readPart('transposed', 4, part)
    expect([...part]).toEqual([5.5, 9.5, 2.5, 6.5, 10.5])
    expect(file.readIntegers('long')).toEqual(BigInt64Array.of(7n))
    expect(() => file.readFloats('long', new Float32Array(1))).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED' }),
    )
    file.close()
  })

  it('of a pickle of protocol 4, with memo, frame, and attributes of the dictionary', () => {
    const short = (value: string) => bytesOf(0x8c, value.length, value)
    const stackGlobal = (module: string, name: string) => bytesOf(short(module), short(name), 0x93)
    const made = bytesOf(stackGlobal('collections', 'OrderedDict'), 0x94, ')', 'R', 0x94)
    const frame = bytesOf(0x95, 9, 0, 0, 0, 0, 0, 0, 0)
    const attributes = bytesOf('}', text('_metadata'), 'h', 1, 's', 'b')
    const pickle = bytesOf(0x80, 4, frame, made, text('a'), tensor(matrix), 's', attributes, '.')
    expect(valuesOf(stored(archive(pickle, { 0: numbers })), 'a')).toEqual(all)
  })

  it('of a file from before PyTorch 1.6', () => {
    const one = (...value: (number | string | Uint8Array)[]) => bytesOf(0x80, 2, ...value, '.')
    const magic = bytesOf(0x8a, 10, Buffer.from('6cfc9c46f9206aa85019', 'hex'))
    const system = bytesOf('}', text('little_endian'), bytesOf(0x88), 's')
    const count = new BigInt64Array([12n])
    const file = (...more: Uint8Array[]) =>
      bytesOf(
        one(magic),
        one(integer(1001)),
        one(system),
        bytesOf(0x80, 2, '}', text('a'), tensor(matrix, true), 's.'),
        one(']', text('0'), 'a'),
        ...more,
      )
    const data = [new Uint8Array(count.buffer), new Uint8Array(numbers.buffer)]
    expect(valuesOf(stored(file(...data)), 'a')).toEqual(all)
    const damaged = expect.objectContaining({ code: 'ERR_MODEL_FORMAT' })
    expect(() => openPyTorch(stored(file(data[0], data[1].slice(1))))).toThrow(damaged)
    expect(() => openPyTorch(stored(file(data[1])))).toThrow(damaged)
  })
})

describe('code in a pickle, which is refused and never run', () => {
  const attack = (value: Uint8Array) => archive(bytesOf(0x80, 2, value, '.'), { 0: numbers })
  const refused = (content: Uint8Array, code: string, message: RegExp) =>
    expect(() => openPyTorch(stored(content)).close()).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )

  it.each<[string, Uint8Array, RegExp]>([
    ['a system call', call(global('os', 'system'), text('echo attacked')), /asks for os\.system/],
    ['eval', call(global('builtins', 'eval'), text('1')), /asks for builtins\.eval/],
    ['a global by its parts', bytesOf(text('posix'), text('system'), 0x93), /asks for posix\.system/],
    ['a name on the way to a prototype', global('collections', 'constructor'), /asks for collections\.constructor/],
    ['a function of torch', global('torch', 'load'), /asks for torch\.load/],
    ['an instance (INST)', bytesOf('(', 'i', 'os\nsystem\n'), /instruction 'i'/],
    ['an object (OBJ)', bytesOf('(', global('collections', 'OrderedDict'), 'o'), /instruction 'o'/],
    ['a new object (NEWOBJ)', bytesOf(global('collections', 'OrderedDict'), ')', 0x81), /instruction 0x81/],
    ['an extension (EXT1)', bytesOf(0x82, 1), /instruction 0x82/],
    ['an unknown instruction', bytesOf(0xff), /instruction 0xff/],
    [
      'a dictionary from arguments',
      call(global('collections', 'OrderedDict'), text('a')),
      /calls what makes no tensor/,
    ],
    ['a call of a text', call(text('a')), /calls what makes no tensor/],
    ['another persistent id', bytesOf(text('a'), 'Q'), /no storage of a known type/],
    ['a list', bytesOf(']'), /no dictionary of tensors/],
    ['what is no tensor', bytesOf('}', text('a'), integer(1), 's'), /'a' is no tensor/],
    ['names that are no texts', bytesOf('}', integer(1), tensor(matrix), 's'), /no text/],
  ])('%s', (_, value, message) => refused(attack(value), 'ERR_UNSUPPORTED', message))

  it.each<[string, Uint8Array, RegExp]>([
    ['attributes of a tensor', bytesOf(tensor(matrix), '}', 'b'), /attributes of what is no dictionary/],
    ['more values than there are', tensor({ ...matrix, shape: [4, 4] }), /larger than the 12 values/],
    ['a view after the end', tensor({ ...matrix, first: 1 }), /larger than the 12 values/],
    ['a bomb of one value', tensor({ ...matrix, shape: [1e9, 100], strides: [0, 0] }), /larger than the 12 values/],
    ['shape and strides that differ', tensor({ ...matrix, strides: [1] }), /not a stride for each axis/],
    ['a negative size', tensor({ ...matrix, shape: [-3, 4] }), /not described as PyTorch/],
    ['an empty stack', bytesOf('}', 's'), /no value on its stack/],
    ['values without a mark', bytesOf('t'), /no mark/],
    ['what was never stored', bytesOf('h', 7), /nothing under number 7/],
    ['a text after the end', bytesOf('X', 255, 255, 255, 255, 'a'), /cut short/],
    [
      'a storage of two sizes',
      tuple(tensor(matrix), tensor({ ...matrix, count: 11, shape: [11], strides: [1] })),
      /two sizes/,
    ],
  ])('%s is damage', (_, value, message) => refused(attack(value), 'ERR_MODEL_FORMAT', message))

  const pickle = { name: 'm/data.pkl', content: dictionary({ a: tensor(matrix) }) }
  const storage = { name: 'm/data/0', content: new Uint8Array(numbers.buffer) }
  it.each<[string, Parameters<typeof zip>[0], string, RegExp]>([
    ['a compressed file', [pickle, { ...storage, method: 8 }], 'ERR_UNSUPPORTED', /compressed or encrypted/],
    [
      'a file that grows when it is unpacked',
      [pickle, { ...storage, listed: { size: 2 ** 31 } }],
      'ERR_MODEL_FORMAT',
      /48 are stored/,
    ],
    ['an encrypted file', [pickle, { ...storage, flags: 1 }], 'ERR_UNSUPPORTED', /compressed or encrypted/],
    ['no pickle', [storage], 'ERR_MODEL_FORMAT', /0 files data\.pkl/],
    ['two pickles', [pickle, { ...pickle, name: 'n/data.pkl' }], 'ERR_MODEL_FORMAT', /2 files data\.pkl/],
    ['a storage that is missing', [pickle], 'ERR_MODEL_FORMAT', /storage 0 is missing/],
    [
      'a storage that is short',
      [pickle, { ...storage, content: new Uint8Array(47) }],
      'ERR_MODEL_FORMAT',
      /storage 0 is cut short/,
    ],
    ['two files of one name', [pickle, storage, storage], 'ERR_MODEL_FORMAT', /two files/],
    ['a file in another', [pickle, { ...storage, listed: { offset: 0 } }], 'ERR_MODEL_FORMAT', /does not begin here/],
    [
      'a place after the end',
      [pickle, { ...storage, listed: { offset: 2 ** 30 } }],
      'ERR_MODEL_FORMAT',
      /past its own end/,
    ],
    [
      'the highest byte first',
      [pickle, storage, { name: 'm/byteorder', content: Buffer.from('big') }],
      'ERR_UNSUPPORTED',
      /highest byte/,
    ],
  ])('an archive with %s', (_, members, code, message) => refused(zip(members), code, message))

  test('something else, and nothing', () => {
    refused(Buffer.from('<html>not found</html>'), 'ERR_MODEL_FORMAT', /no file of torch\.save/)
    refused(Buffer.alloc(0), 'ERR_MODEL_FORMAT', /no file of torch\.save/)
    refused(bytesOf(0x80, 2, integer(1), '.'), 'ERR_UNSUPPORTED', /no file of torch\.save/)
  })

  test('no byte that is cut off or changed does more than an error', () => {
    const whole = readFileSync(`${golden}pytorch_model.bin`)
    const random = new Random(5)
    const codes = new Set<string>()
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(whole)
      for (let n = 0; n < 3; n++) {
        // Most changes in the pickle and in the list of files, which lie at both ends.
        const at = random.pick([random.integer(0, 20_000), whole.length - 1 - random.integer(0, 9_000)])
        bytes[at] = random.integer(0, 255)
      }
      const content = i % 3 ? bytes : whole.subarray(0, random.integer(0, whole.length - 1))
      try {
        openPyTorch(stored(content)).close()
      } catch (error) {
        expect(error).toBeInstanceOf(GlassformerError)
        codes.add((error as GlassformerError).code)
      }
    }
    expect([...codes].sort()).toEqual(['ERR_MODEL_FORMAT', 'ERR_UNSUPPORTED'])
  })
})

describe('a folder with weights of PyTorch', () => {
  const folderWith = (name: string, files: Record<string, Uint8Array | string>) => {
    const folder = join(scratch, name)
    mkdirSync(folder)
    cpSync(`${golden}config.json`, join(folder, 'config.json'))
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content)
    return folder
  }

  it('loads, and shares what lies in one storage', () => {
    const { weights, storedAs } = loadFolder(golden)
    expect(storedAs).toBe('float32')
    expect([...weights.get('embedding.weight').subarray(0, 32)]).toEqual(
      valuesOf(`${golden}pytorch_model.bin`, 'lm_head.weight').slice(0, 32),
    )
  })

  it('loads from several files with an index, none of which may lie elsewhere', () => {
    const names = [...openPyTorch(`${golden}pytorch_model.bin`).tensors.keys()]
    const index = (file: string) =>
      JSON.stringify({ weight_map: Object.fromEntries(names.map((name) => [name, file])) })
    const file = 'pytorch_model-00001-of-00001.bin'
    const whole = folderWith('indexed', {
      'pytorch_model.bin.index.json': index(file),
      [file]: readFileSync(`${golden}pytorch_model.bin`),
    })
    expect(loadFolder(whole).weights.values).toEqual(loadFolder(golden).weights.values)
    for (const elsewhere of ['../pytorch_model.bin', '/etc/model.bin', 'sub\\model.bin', 'model.safetensors'])
      expect(() =>
        loadFolder(folderWith(`elsewhere ${files++}`, { 'pytorch_model.bin.index.json': index(elsewhere) })),
      ).toThrow(
        expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringContaining('of this folder') }),
      )
    rmSync(join(whole, file))
    expect(() => loadFolder(whole)).toThrow(expect.objectContaining({ code: 'ERR_FILE' }))
  })
})
