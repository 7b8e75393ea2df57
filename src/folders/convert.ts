import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { readJsonObject } from '../formats/json-text.ts'
import { readBytes } from '../formats/read-file.ts'
import { replaceFile, replaceText } from '../formats/replace-file.ts'
import type { TensorSource } from '../formats/safetensors.ts'
import { openModelTensors, SINGLE_FILE } from '../formats/safetensors-shards.ts'
import { type TensorToWrite, writeSafetensors } from '../formats/safetensors-writer.ts'
import { makeFolder } from './glassformer.ts'

const torchNames = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const

/** The files beside config.json and the weights that belong to a model folder of any layout. */
const companions = [
  ...['generation_config.json', 'tokenizer_config.json', 'special_tokens_map.json', 'source.spm', 'target.spm'],
  ...['vocab.json', 'target_vocab.json'],
]

/**
 * Stores a model folder of any layout again under the same names, its weights as one file of another dtype: F16 and BF16 halve it.
 * The tokenizer's and generation's files are copied as they are.
 */
export function convertFolder(from: string, to: string, dtype: 'F32' | 'F16' | 'BF16'): void {
  if (resolve(from) === resolve(to))
    throw new GlassformerError('ERR_OPTION', `${to} cannot be converted onto itself: give another folder`)
  const config = readJsonObject(join(from, 'config.json'))
  const source = openModelTensors(from)
  try {
    makeFolder(to)
    const tensors = [...source.tensors.keys()].map((name) => readTensor(source, name, dtype))
    writeSafetensors(join(to, SINGLE_FILE), tensors)
  } finally {
    source.close()
  }
  const { tokenizer } = config as { tokenizer?: { source?: unknown; target?: unknown } }
  const named = [tokenizer?.source, tokenizer?.target].filter((name) => typeof name === 'string')
  for (const name of new Set([...companions, ...named])) {
    if (!existsSync(join(from, name))) continue
    const bytes = readBytes(join(from, name))
    replaceFile(join(to, name), (append) => append(bytes))
  }
  for (const key of ['dtype', 'torch_dtype']) if (key in config) config[key] = torchNames[dtype]
  replaceText(join(to, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
}

function readTensor(source: TensorSource, name: string, dtype: 'F32' | 'F16' | 'BF16'): TensorToWrite {
  const { dtype: stored, shape } = source.tensors.get(name)!
  if (stored === 'I8' || stored === 'I32' || stored === 'I64')
    return { name, shape, dtype: stored, values: source.readIntegers(name) } as TensorToWrite
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1))
  source.readFloats(name, values)
  return { name, shape, dtype, values }
}
