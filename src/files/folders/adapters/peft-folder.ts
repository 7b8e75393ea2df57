import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { pyTorchFile } from '../../../formats/tensors/pytorch.ts'
import { SafetensorsFile } from '../../../formats/tensors/safetensors-file.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { readPeftConfig } from './peft-config.ts'

export const ADAPTER_FILE = 'adapter_model.safetensors'
const ADAPTER_PYTORCH = 'adapter_model.bin'
/** The files of an adapter's weights, the first that exists counts. */
export const adapterFiles: readonly string[] = [ADAPTER_FILE, ADAPTER_PYTORCH]

/** The tensors of one module: the names of A [rank, inputs] and B [outputs, rank], and the factor of B A. */
export interface PeftModule {
  a: string
  b: string
  rank: number
  inputs: number
  outputs: number
  scale: number
}

/** An adapter in PEFT's layout, by the names of modules in Hugging Face's model. */
export interface PeftFolder {
  path: string
  source: TensorSource
  modules: ReadonlyMap<string, PeftModule>
  /**
   * Weights and biases that are in place of the model's: by the model's name the name of the tensor. A module's own product is
   * added to the weight that stands here.
   */
  replaced: ReadonlyMap<string, string>
}

/** PEFT's names begin with those of its wrappers, which a file may have lost. */
const WRAPPER = /^base_model\.model\./
/** `….q_proj.lora_A.weight`; files of torch.save have the adapter's name after lora_A. */
const FACTOR = /^(.+)\.lora_([AB])(?:\.[^.]+)?\.weight$/
/** `….lm_head.modules_to_save.default.weight`, `….q_proj.base_layer.bias`, and `….lm_head.base_layer.weight`. */
const WRAPPED = /\.(?:modules_to_save\.[^.]+|base_layer)(?=\.(?:weight|bias)$)/
/** Masks of GPT-2's attention, which PEFT takes for biases. */
const MASK = /\bh\.\d+\.attn\.(?:masked_)?bias$/

/**
 * Opens an adapter's folder, whose `source` the caller closes. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED
 */
export function openPeftFolder(folder: Folder): PeftFolder {
  const config = readPeftConfig(folder)
  const source = openTensors(folder)
  try {
    const factors = new Map<string, { a?: string; b?: string }>()
    const replaced = new Map<string, string>()
    for (const name of source.tensors.keys()) {
      const bare = name.replace(WRAPPER, '')
      const [, module, factor] = FACTOR.exec(bare) ?? []
      if (module !== undefined) {
        const own = factors.get(module) ?? {}
        factors.set(module, { ...own, [factor === 'A' ? 'a' : 'b']: name })
      } else if (/lora_/.test(bare))
        throw new GlassformerError(
          'ERR_UNSUPPORTED',
          `${source.path}: tensor '${name}' is of a kind of LoRA that is not supported: only linear layers are; merge it with PEFT in Python`,
        )
      else if (!MASK.test(bare)) replaced.set(bare.replace(WRAPPED, ''), name)
    }
    if (!factors.size && !replaced.size)
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${source.path}: there are no tensors of an adapter (lora_A, lora_B)`,
      )
    const modules = new Map(
      [...factors].map(([module, names]) => [module, moduleOf(source, module, names, config.scaleOf)] as const),
    )
    return { path: folder.path, source, modules, replaced }
  } catch (error) {
    source.close()
    throw error
  }
}

function openTensors(folder: Folder): TensorSource {
  const isPickled = !folder.has(ADAPTER_FILE) && folder.has(ADAPTER_PYTORCH)
  return isPickled ? pyTorchFile(folder.open(ADAPTER_PYTORCH)) : new SafetensorsFile(folder.open(ADAPTER_FILE))
}

function moduleOf(
  { path, tensors }: TensorSource,
  module: string,
  { a, b }: { a?: string; b?: string },
  scaleOf: (module: string, rank: number) => number,
): PeftModule {
  const refuse = (what: string): never => {
    throw new GlassformerError('ERR_MODEL_FORMAT', `${path}: ${module} ${what}`)
  }
  if (a === undefined || b === undefined)
    return refuse(`has lora_${a === undefined ? 'B and no lora_A' : 'A and no lora_B'}`)
  const [down, up] = [entryOf(tensors, a), entryOf(tensors, b)].map(({ shape }: TensorEntry) => shape)
  if (down.length !== 2 || up.length !== 2 || down[0] !== up[1] || down[0] < 1)
    refuse(
      `has a lora_A [${down.join(', ')}] and a lora_B [${up.join(', ')}], which are no [rank, inputs] and [outputs, rank]`,
    )
  const [rank, inputs] = down
  return { a, b, rank, inputs, outputs: up[0], scale: scaleOf(module, rank) }
}
