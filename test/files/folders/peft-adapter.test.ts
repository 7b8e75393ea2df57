import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { parameters } from '#dist/engine/weights/parameters.js'
import { adapterFolder, mergedTensors, readAdapter } from '#dist/files/folders/adapters/index.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { sharedFolder } from '../../shared-folder.ts'

const scratch = scratchFolder()
const golden = fileURLToPath(new URL('../../golden/hub', import.meta.url))

type Values = Record<string, { shape: number[]; values: Float32Array }>

/** Values that differ from place to place. */
const filled = (shape: number[], seed: number) => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(seed + i)),
})

function writtenAdapter(name: string, tensors: Values): string {
  const folder = join(scratch, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ peft_type: 'LORA', lora_alpha: 6 }))
  const own = Object.entries(tensors).map(([name, each]) => ({ name, dtype: 'F32' as const, ...each }))
  writeSafetensors(join(folder, 'adapter_model.safetensors'), own)
  return folder
}

/** Values of a parameter of a model with an adapter merged into it; the model's own are those of its file under `stored`. */
function merged(model: string, config: ModelConfig, adapter: string, stored: Record<string, string>) {
  const source = openSafetensors(`${model}/model.safetensors`)
  const own = new Map(parameters(config).map((each) => [each.name, each]))
  const named = new Map(Object.entries(stored).map(([name, parameter]) => [name, own.get(parameter)!]))
  const tensors = mergedTensors(source, named, config, adapterFolder(adapter))
  return (name: string) => {
    const { rows, width } = named.get(name)!
    const values = new Float32Array(rows * width)
    tensors.readFloats(name, values)
    return values
  }
}

describe('an adapter of an output projection', () => {
  const model = `${golden}/t5-v1.1/model`
  const { config } = loadFolder(model, { precision: 'float32' })
  const source = openSafetensors(`${model}/model.safetensors`)
  const { shape } = source.tensors.get('lm_head.weight')!
  const base = { shape: [...shape], values: new Float32Array(shape[0] * shape[1]) }
  source.readFloats('lm_head.weight', base.values)
  const [a, b] = [filled([2, shape[1]], 1), filled([shape[0], 2], 2)]
  const factors = {
    'base_model.model.lm_head.lora_A.weight': a,
    'base_model.model.lm_head.lora_B.weight': b,
  }

  it('is added to the base that PEFT stores beside its factors', () => {
    const folder = writtenAdapter('t5', { ...factors, 'base_model.model.lm_head.base_layer.weight': base })
    const found = merged(model, config, folder, { 'lm_head.weight': 'output.weight' })('lm_head.weight')
    const scale = 6 / 2
    for (let o = 0; o < shape[0]; o++)
      for (let i = 0; i < shape[1]; i++) {
        const product = b.values[2 * o] * a.values[i] + b.values[2 * o + 1] * a.values[shape[1] + i]
        expect(found[o * shape[1] + i]).toBeCloseTo(base.values[o * shape[1] + i] + scale * product, 4)
      }
  })

  it('is read as the same adapter with and without that base', () => {
    const { config } = loadFolder(model, { precision: 'float32' })
    const names = { 'lm_head.weight': 'output.weight' }
    const with_ = writtenAdapter('with', { ...factors, 'base_model.model.lm_head.base_layer.weight': base })
    const without = writtenAdapter('without', factors)
    const [one, other] = [with_, without].map((folder) => merged(model, config, folder, names)('lm_head.weight'))
    expect(one).toEqual(other)
    const held = [with_, without].map((folder) => {
      try {
        return readAdapter(adapterFolder(folder), 'mine', config).values
      } catch (error) {
        return (error as Error).message.replaceAll(folder, '')
      }
    })
    expect(held[0]).toEqual(held[1])
  })
})

describe('an adapter of GPT-2 with the biases of all linears', () => {
  const model = `${sharedFolder}/golden/more/gpt2/model`
  if (!sharedFolder || !existsSync(model)) return it.skip('the shared goldens are absent')

  it('has its joint bias divided, and its masks left', () => {
    const { config } = loadFolder(model, { precision: 'float32' })
    const { dModel: width } = config
    const bias = filled([3 * width], 3)
    const turned = filled([width, width], 4)
    const folder = writtenAdapter('gpt2', {
      'base_model.model.transformer.h.0.attn.c_attn.lora_A.weight': filled([2, width], 1),
      'base_model.model.transformer.h.0.attn.c_attn.lora_B.weight': filled([3 * width, 2], 2),
      'base_model.model.transformer.h.0.attn.c_attn.base_layer.bias': bias,
      'base_model.model.transformer.h.0.attn.c_proj.modules_to_save.default.weight': turned,
      'base_model.model.transformer.h.0.attn.bias': filled([1, 1, 4, 4], 5),
    })
    const found = loadFolder(model, { precision: 'float32', adapter: folder }).weights
    const of = (name: string) => found.get(name)
    for (const [part, name] of ['query', 'key', 'value'].entries())
      expect([...of(`decoder.0.selfAttention.${name}.bias`)]).toEqual([
        ...bias.values.subarray(part * width, (part + 1) * width),
      ])
    const out = of('decoder.0.selfAttention.output.weight')
    expect(out[1]).toBe(turned.values[width])
  })
})
