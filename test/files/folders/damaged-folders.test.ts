import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import type { TensorToWrite } from '#dist/formats/tensors/safetensors-writer.js'
import { expectError } from '../../formats/raw-safetensors.ts'
import { copy, edit, embedded, rewrite, scratch } from './edited-folder.ts'

test('no folder', () =>
  expectError(() => loadFolder(join(scratch, 'none')), 'ERR_FILE', join(scratch, 'none'), 'check the path'))
test('a file for a folder', () =>
  expectError(() => loadFolder(join(embedded, 'config.json')), 'ERR_FILE', 'is a file: give the folder'))
test('a folder without config.json', () =>
  expectError(() => loadFolder(scratch), 'ERR_FILE', 'config.json', 'no such file'))
test('a config.json that is a folder', () => {
  const folder = copy()
  rmSync(join(folder, 'config.json'))
  mkdirSync(join(folder, 'config.json'))
  expectError(() => loadFolder(folder), 'ERR_FILE', 'config.json', 'it is a folder')
})
test.skipIf(process.getuid?.() === 0)('a file that this user may not read', () => {
  const folder = copy()
  chmodSync(join(folder, 'model.safetensors'), 0)
  expectError(() => loadFolder(folder), 'ERR_FILE', 'model.safetensors', 'check its permissions')
})
test('bad JSON, with its place', () => {
  const folder = copy()
  writeFileSync(join(folder, 'config.json'), '{\n  "d_model": 32,,\n}')
  expectError(
    () => loadFolder(folder),
    'ERR_MODEL_FORMAT',
    'config.json: not valid JSON at line 2, column 17 (offset 18)',
  )
  writeFileSync(join(folder, 'config.json'), '[]')
  expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'a JSON object was expected')
  writeFileSync(join(folder, 'config.json'), Buffer.from([0x7b, 0x80]))
  expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'byte 1 is not UTF-8')
})
test('an unsupported model_type, with those supported', () => {
  const typed = (type: unknown) => edit(copy(), 'config.json', (json) => Object.assign(json, { model_type: type }))
  expectError(() => loadFolder(typed('bert')), 'ERR_UNSUPPORTED', `'bert'`, `'marian'`, `'glassformer'`)
  expectError(() => loadFolder(typed('constructor')), 'ERR_UNSUPPORTED', `'constructor'`)
  expectError(() => loadFolder(typed(undefined)), 'ERR_MODEL_FORMAT', 'model_type is missing')
})
test('no weights, and those of another framework', () => {
  const folder = copy()
  rmSync(join(folder, 'model.safetensors'))
  expectError(() => loadFolder(folder), 'ERR_FILE', 'model.safetensors', 'no weights')
  writeFileSync(join(folder, 'tf_model.h5'), '')
  expectError(() => loadFolder(folder), 'ERR_UNSUPPORTED', 'tf_model.h5', 'convert them to safetensors')
})
test('missing weights, extra ones and other shapes, all named at once', () => {
  const folder = rewrite(copy(), (tensors) => {
    tensors.delete('model.encoder.layers.0.fc1.bias')
    tensors.set('model.encoder.layers.9.fc1.bias', {
      name: 'model.encoder.layers.9.fc1.bias',
      shape: [1],
      dtype: 'F32',
      values: Float32Array.of(1),
    })
    const fc2 = tensors.get('model.decoder.layers.0.fc2.weight')!
    tensors.set(fc2.name, { ...fc2, shape: [64, 32] } as TensorToWrite)
  })
  expectError(
    () => loadFolder(folder),
    'ERR_MODEL_FORMAT',
    folder,
    'missing: model.encoder.layers.0.fc1.bias;',
    'not of this model: model.encoder.layers.9.fc1.bias;',
    'of another shape: model.decoder.layers.0.fc2.weight is [64, 32], not [32, 64]',
  )
})
test('shapes that contradict config.json', () => {
  const changed = (change: object) => edit(copy(), 'config.json', (json) => Object.assign(json, change))
  expectError(
    () => loadFolder(changed({ decoder_layers: 4 })),
    'ERR_MODEL_FORMAT',
    'missing: model.decoder.layers.3',
    'and 21 more',
  )
  expectError(
    () => loadFolder(changed({ decoder_layers: 2 })),
    'ERR_MODEL_FORMAT',
    'not of this model: model.decoder.layers.2',
  )
  expectError(
    () => loadFolder(changed({ encoder_ffn_dim: 65 })),
    'ERR_MODEL_FORMAT',
    'model.encoder.layers.0.fc1.weight is [64, 32], not [65, 32]',
  )
  expectError(
    () => loadFolder(changed({ vocab_size: 98, decoder_vocab_size: 98 })),
    'ERR_MODEL_FORMAT',
    'model.shared.weight is [97, 32], not [98, 32]',
  )
  expectError(() => loadFolder(changed({ vocab_size: 98 })), 'ERR_MODEL_FORMAT', 'equal vocabularies')
})
test('not-a-number in the weights', () => {
  const folder = copy()
  const path = join(folder, 'model.safetensors')
  const bytes = readFileSync(path)
  const file = openSafetensors(path)
  const { offset } = file.tensors.get('model.decoder.layers.1.fc1.weight')!
  file.close()
  bytes.writeUInt16LE(0x7e00, offset + 2 * 77)
  writeFileSync(path, bytes)
  expectError(
    () => loadFolder(folder),
    'ERR_MODEL_FORMAT',
    path,
    `'model.decoder.layers.1.fc1.weight' is NaN at index 77`,
  )
})
test('a truncated weights file', () => {
  const folder = copy()
  const bytes = readFileSync(join(folder, 'model.safetensors'))
  writeFileSync(join(folder, 'model.safetensors'), bytes.subarray(0, bytes.length - 100))
  expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'cut short')
})
test.each([
  [{ d_model: 0 }, 'd_model must be a positive integer, not 0'],
  [{ d_model: undefined }, 'd_model is missing'],
  [{ encoder_attention_heads: 5 }, 'encoder_attention_heads must be a divisor of d_model (32), not 5'],
  [{ decoder_layers: '3' }, 'decoder_layers must be a positive integer, not "3"'],
  [{ scale_embedding: 1 }, 'scale_embedding must be true or false, not 1'],
  [{ pad_token_id: 200 }, 'ids.padding is 200, outside the target vocabulary of 97'],
])('a config.json with %j', (change, message) => {
  const folder = edit(copy(), 'config.json', (json) => Object.assign(json, change))
  if ('pad_token_id' in change) rmSync(join(folder, 'generation_config.json'))
  expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', 'config.json', message)
})
test('an activation or a quantization that is not there yet', () => {
  const changed = (change: object) => edit(copy(), 'config.json', (json) => Object.assign(json, change))
  expectError(() => loadFolder(changed({ activation_function: 'mish' })), 'ERR_UNSUPPORTED', `'mish'`, 'swish')
  expectError(() => loadFolder(changed({ quantization_config: {} })), 'ERR_UNSUPPORTED', 'quantization_config')
})
test('a generation_config.json that asks for more than there is, or for ids that there are not', () => {
  const changed = (change: object) => edit(copy(), 'generation_config.json', (json) => Object.assign(json, change))
  expectError(
    () => loadFolder(changed({ num_beams: 'four' })),
    'ERR_MODEL_FORMAT',
    'generation_config.json: num_beams must be',
  )
  expectError(() => loadFolder(changed({ bad_words_ids: [[97]] })), 'ERR_MODEL_FORMAT', 'id 97, outside')
})
test('a tokenizer of which files are missing', () => {
  const folder = copy()
  writeFileSync(join(folder, 'vocab.json'), '{}')
  expectError(() => loadFolder(folder), 'ERR_FILE', join(folder, 'source.spm'), 'is missing')
})
test('a bit of a small config.json, changed anywhere: read, or refused by an error of ours', () => {
  const folder = copy()
  const sound = readFileSync(join(folder, 'config.json'))
  for (let i = 0; i < sound.length; i += 7) {
    const bytes = Buffer.from(sound)
    bytes[i] ^= 1 << (i % 8)
    writeFileSync(join(folder, 'config.json'), bytes)
    try {
      loadFolder(folder)
    } catch (error) {
      expect(error).toBeInstanceOf(GlassformerError)
    }
  }
})
