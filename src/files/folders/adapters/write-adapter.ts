import { join } from 'node:path'
import { lastOf } from '../../../base/present.ts'
import { isDecoderOnly, type ModelConfig } from '../../../engine/model/config/config.ts'
import { linearParts, parameters } from '../../../engine/weights/parameters.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { makeFolder } from '../../../formats/disk/make-folder.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'
import { type TensorToWrite, writeSafetensors } from '../../../formats/tensors/safetensors-writer.ts'
import { writtenFamilyOf } from '../families/families.ts'
import { glassformer } from '../families/glassformer.ts'
import { namesOf } from '../tensors/weight-names.ts'
import { adaptedParameters, jointOf } from './adapted-parameters.ts'
import { ADAPTER_CONFIG } from './peft-config.ts'
import { ADAPTER_FILE, openPeftFolder } from './peft-folder.ts'
import { factorsOf } from './read-adapter.ts'

/** The matrices of an adapter for one parameter: A [rank, inputs] and B [outputs, rank], whose product is multiplied by `scale`. */
export interface AdapterFactors {
  parameter: string
  rank: number
  inputs: number
  outputs: number
  scale: number
  a: Float32Array
  b: Float32Array
}

/** The notes on an adapter that its folder has beside its matrices. */
export interface AdapterNotes {
  /** The model in the words of the user. */
  base: string
  /** Whether scales are α ÷ √rank, and not α ÷ rank. */
  stabilized: boolean
}

/** The matrices of an adapter's folder by the parameters of a model. @throws GlassformerError as `readAdapter` */
export function readFactors(folder: Folder, config: ModelConfig): AdapterFactors[] {
  const peft = openPeftFolder(folder)
  try {
    return adaptedParameters(peft, config).products.map(({ parameter, module, row }) => {
      const { a, b } = factorsOf(peft.source, module)
      const { rows: outputs, width: inputs, name } = parameter
      const { rank, scale } = module
      return { parameter: name, rank, inputs, outputs, scale, a, b: b.slice(row * rank, (row + outputs) * rank) }
    })
  } finally {
    peft.source.close()
  }
}

/** A module as PEFT has it. */
interface Written {
  module: string
  rank: number
  alpha: number
  a: Float32Array
  b: Float32Array
  inputs: number
}

/**
 * Writes an adapter in the layout of PEFT, with the names that Hugging Face's model of this kind has, or our own where there is none.
 * adapter_config.json comes last, so that a folder that has it is whole.
 * @throws GlassformerError ERR_FILE
 */
export function writeAdapter(
  folder: string,
  factors: readonly AdapterFactors[],
  config: ModelConfig,
  notes: AdapterNotes,
): void {
  const modules = modulesOf(factors, config, notes)
  makeFolder(folder)
  const tensors = modules.flatMap(({ module, rank, inputs, a, b }): TensorToWrite[] => [
    { name: `base_model.model.${module}.lora_A.weight`, shape: [rank, inputs], dtype: 'F32', values: a },
    { name: `base_model.model.${module}.lora_B.weight`, shape: [b.length / rank, rank], dtype: 'F32', values: b },
  ])
  writeSafetensors(join(folder, ADAPTER_FILE), tensors)
  replaceText(join(folder, ADAPTER_CONFIG), `${JSON.stringify(configOf(modules, config, notes), null, 2)}\n`)
}

const familyNames = (config: ModelConfig) => (writtenFamilyOf(config) ?? glassformer).names(config)

const moduleName = (config: ModelConfig, parameter: string): string =>
  namesOf(familyNames(config), parameter)[0].replace(/\.weight$/, '')

/** The modules of Hugging Face's model: parameters that are one module there are one adapter of all their ranks. */
function modulesOf(factors: readonly AdapterFactors[], config: ModelConfig, { stabilized }: AdapterNotes): Written[] {
  const groups = new Map<string, { part: number; parts: number; own: AdapterFactors }[]>()
  for (const own of factors) {
    const { module, part, parts } = jointOf(moduleName(config, own.parameter))
    groups.set(module, [...(groups.get(module) ?? []), { part, parts, own }])
  }
  return [...groups].map(([module, members]) => {
    const [{ parts, own: first }] = members
    const rank = members.reduce((sum, { own }) => sum + own.rank, 0)
    const { inputs, outputs, scale } = first
    const a = new Float32Array(rank * inputs)
    const b = new Float32Array(parts * outputs * rank)
    let before = 0
    for (const { part, own } of members) {
      a.set(own.a, before * inputs)
      for (let o = 0; o < outputs; o++)
        for (let k = 0; k < own.rank; k++)
          b[(part * outputs + o) * rank + before + k] = (own.b[o * own.rank + k] * own.scale) / scale
      before += own.rank
    }
    return { module, rank, alpha: scale * (stabilized ? Math.sqrt(rank) : rank), a, b, inputs }
  })
}

function configOf(modules: readonly Written[], config: ModelConfig, { base, stabilized }: AdapterNotes) {
  const [{ rank, alpha }] = modules
  const others = <K extends 'rank' | 'alpha'>(key: K, usual: number) =>
    Object.fromEntries(modules.filter((each) => each[key] !== usual).map((each) => [each.module, each[key]]))
  return {
    peft_type: 'LORA',
    task_type: isDecoderOnly(config) ? 'CAUSAL_LM' : 'SEQ_2_SEQ_LM',
    base_model_name_or_path: base,
    inference_mode: true,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    use_rslora: stabilized,
    rank_pattern: others('rank', rank),
    alpha_pattern: others('alpha', alpha),
    target_modules: targetsOf(
      modules.map(({ module }) => module),
      config,
    ),
    bias: 'none',
    fan_in_fan_out: modules.some(({ module }) => jointOf(`${module}`).isTurned),
    modules_to_save: null,
  }
}

/** The last parts of the modules' names, where they mean these modules alone; otherwise the whole names. */
function targetsOf(modules: readonly string[], config: ModelConfig): string[] {
  const lasts = new Set(modules.map((module) => lastOf(module.split('.'))))
  const linears = linearParts(config)
  const all = new Set(
    parameters(config)
      .filter(({ name, role }) => role === 'matrix' && linears.has(name))
      .map(({ name }) => jointOf(moduleName(config, name)).module),
  )
  const meant = [...all].filter((module) => lasts.has(lastOf(module.split('.'))))
  return meant.length === modules.length ? [...lasts] : [...modules]
}
