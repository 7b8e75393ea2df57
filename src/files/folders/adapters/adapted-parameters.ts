import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, present } from '../../../base/present.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { type Parameter, parameters } from '../../../engine/weights/parameters.ts'
import { families } from '../families/families.ts'
import { storedNames } from '../tensors/weight-names.ts'
import type { PeftFolder, PeftModule } from './peft-folder.ts'

/** A module of an adapter as a parameter of the model: rows [row, row + parameter.rows) of its B. */
export interface AdaptedParameter {
  parameter: Parameter
  module: PeftModule
  row: number
}

/** The parameters of a model that an adapter changes. */
export interface AdaptedParameters {
  products: readonly AdaptedParameter[]
  replaced: readonly ReplacedParameter[]
}

/** A parameter whose values the adapter's files have: `part` of `parts` in the outputs of a tensor. */
export interface ReplacedParameter {
  parameter: Parameter
  tensor: string
  part: number
  parts: number
  /** Whether the tensor is a matrix [inputs, outputs]. */
  isTurned: boolean
}

/** Modules of Hugging Face's models that are several of ours, one below the other. */
const joint: readonly { module: RegExp; name: string; parts: readonly string[] }[] = [
  { module: /\battn\.c_attn$/, name: 'attn.c_attn', parts: ['attn.query', 'attn.key', 'attn.value'] },
]
/** GPT-2's linears. */
const turned = /\.c_(attn|proj|fc)$/

/** The module of which one of ours is a part, and which; `isTurned`: whether its matrix is stored as [inputs, outputs]. */
export function jointOf(module: string): { module: string; part: number; parts: number; isTurned: boolean } {
  for (const { module: _, name, parts } of joint) {
    const part = parts.findIndex((each) => module.endsWith(each))
    if (part >= 0)
      return { module: module.slice(0, -parts[part].length) + name, part, parts: parts.length, isTurned: true }
  }
  return { module, part: 0, parts: 1, isTurned: turned.test(module) }
}

const partsOf = (module: string): string[] => {
  const found = joint.find((each) => each.module.test(module))
  return found ? found.parts.map((part) => module.replace(found.module, part)) : [module]
}

/**
 * The parameters of a model that an adapter changes. Names of modules are those of some family of Hugging Face's whose models can have
 * them, whatever the format of the model's own folder is, or ours.
 * @throws GlassformerError ERR_MODEL_FORMAT for an adapter of another model; ERR_UNSUPPORTED for one of a tied embedding or a convolution
 */
export function adaptedParameters({ path, modules, replaced }: PeftFolder, config: ModelConfig): AdaptedParameters {
  const values = [...replaced].flatMap(([name, tensor]) => {
    const end = name.lastIndexOf('.')
    const [module, kind] = [name.slice(0, end), name.slice(end)]
    const isTurned = kind === '.weight' && turned.test(module)
    return partsOf(module).map((own, part, { length: parts }) => ({
      name: own + kind,
      tensor,
      part,
      parts,
      isTurned,
    }))
  })
  const wanted = [
    ...[...modules.keys()].flatMap(partsOf).map((module) => `${module}.weight`),
    ...values.map(({ name }) => name),
  ]
  const byName = namesFor(path, config, wanted)
  const products = [...modules].flatMap(([name, module]) => {
    const parts = partsOf(name)
    return parts.map((part, i) => {
      const parameter = entryOf(byName, `${part}.weight`)
      const fits = parameter.width === module.inputs && parameter.rows * parts.length === module.outputs
      if (!fits)
        throw new GlassformerError(
          'ERR_MODEL_FORMAT',
          `${path}: ${name} is of a matrix [${module.outputs}, ${module.inputs}], and the model has one of [${parameter.rows * parts.length}, ${parameter.width}]: the adapter is of another model`,
        )
      if (parameter.role !== 'matrix')
        throw new GlassformerError(
          'ERR_UNSUPPORTED',
          `${path}: ${name} is ${parameter.role === 'embedding' ? 'an embedding' : `a ${parameter.role}`} of the model; only linear layers have adapters here: leave it out of target_modules`,
        )
      return { parameter, module, row: i * parameter.rows }
    })
  })
  return {
    products,
    replaced: values.map(({ name, ...value }) => ({ ...value, parameter: entryOf(byName, name) })),
  }
}

/** The parameters by the names that an adapter has for them. */
function namesFor(path: string, config: ModelConfig, wanted: readonly string[]): Map<string, Parameter> {
  const weights = parameters(config)
  let best: { missing: string[]; byName: Map<string, Parameter> } | null = null
  for (const family of families) {
    const names = storedNames(family.names(config), config, weights, new Set(wanted))
    const byName = new Map<string, Parameter>()
    for (const parameter of weights) {
      const name = names.of(parameter)
      if (name !== null) byName.set(name, parameter)
    }
    for (const [name, original] of names.extras)
      if (original !== null && byName.has(original)) byName.set(name, entryOf(byName, original))
    const missing = wanted.filter((name) => !byName.has(name))
    if (!missing.length) return byName
    if (!best || missing.length < best.missing.length) best = { missing, byName }
  }
  const { missing } = present(best)
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${path}: the adapter is of another model: this one has no ${missing.slice(0, 3).join(', no ')}${missing.length > 3 ? `, and ${missing.length - 3} more` : ''}`,
  )
}
