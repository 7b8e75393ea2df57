import { normNames, operationsOf } from '../../base/choices/norm-order.ts'
import {
  computedOnTheWay,
  hasFeedForward,
  moduleOf,
  type SelfAttentionKind,
  selfAttentionKindOf,
} from '../../base/choices/self-attention-kind.ts'
import { lastOf, present } from '../../base/present.ts'
import { encoderView, isDecoderOnly, type ModelConfig } from '../../engine/model/config/config.ts'
import { expertsOf } from '../../engine/model/config/feed-forward-settings.ts'
import { stackKindsOf } from '../../engine/model/config/own-side-settings.ts'
import type { Instruction } from '../../engine/program/instructions/instruction.ts'
import { add } from '../../engine/program/ops/add.ts'
import { average } from '../../engine/program/ops/average.ts'
import { ssru } from '../../engine/program/ops/ssru.ts'
import type { Program } from '../../engine/program/program.ts'
import type { Side, TensorOrigin } from './tensor-origin.ts'

/** The modules of a layer's sub-layers that attend to tokens, in order. */
export function lookingModules(side: Side, config: ModelConfig): string[] {
  const own = moduleOf[selfAttentionKindOf(stackKindsOf(config), side)]
  return side === 'encoder' || isDecoderOnly(config) ? [own] : [own, 'crossAttention']
}

/** The modules of a layer's sub-layers, in order. */
export const sublayersOf = (side: Side, config: ModelConfig): string[] => [
  ...lookingModules(side, config),
  ...(hasFeedForward(stackKindsOf(config), side) ? ['feedForward'] : []),
]

/** Whether a module is an attention with heads. */
export const isAttention = (module: string): boolean => module === 'selfAttention' || module === 'crossAttention'

/** The model as one of its sides sees it: an encoder may have norms of its own. */
export const viewOf = (side: Side, config: ModelConfig): ModelConfig =>
  side === 'encoder' ? encoderView(config) : config

/** The states at each depth of a stack, by their names in the listing: embeddings, then the output of each layer. */
export const statesByDepth = (side: Side, config: ModelConfig): string[] => [
  firstStates(side, viewOf(side, config)),
  ...Array.from({ length: config[side].layers }, (_, layer) =>
    handedOn(side, layer, lastOf(sublayersOf(side, config)), viewOf(side, config)),
  ),
]

/** The states that the first layer of a stack reads. The decoder of an autoencoder adds positions to rows of codes, and an encoder rows of real numbers. */
function firstStates(side: Side, { norm, latents, rowWidth }: ModelConfig): string {
  if (latents && side === 'decoder') return 'decoder.sum'
  if (rowWidth !== undefined && side === 'encoder') return 'encoder.rows.sum'
  return norm.embedding ? `${side}.embeddingNorm.normed` : `${side}.embedded`
}

/** The result of the last instruction of a layer's last sub-layer; experts and convolutions add the residual by another instruction. */
function lastResult(side: Side, layer: number, module: string, config: ModelConfig): string {
  const path = `${side}.${layer}.${module}`
  if (module === 'crossAttention') return `${path}.output.out`
  const isFused = module === 'feedForward' && !expertsOf(config[side], layer)
  if (isFused) return `${path}.outer.out`
  if (/^d?a/.test(operationsOf(config.norm.order).after)) return `${path}.sum`
  return module === 'feedForward' ? `${path}.mixed` : `${path}.step3.norm.normed`
}

/** The output of a stack, by its name in the listing. */
export function outputOf(side: Side, config: ModelConfig): string {
  const last = [...operationsOf(viewOf(side, config).norm.order).top].filter((operation) => operation !== 'd').at(-1)
  if (last === undefined) return lastOf(statesByDepth(side, config))
  return last === 'n' ? `${side}.norm.normed` : `${side}.top.sum`
}

/** The output of a layer's last sub-layer. */
function handedOn(side: Side, layer: number, module: string, config: ModelConfig): string {
  const path = `${side}.${layer}.${module}`
  const made = lastResult(side, layer, module, config)
  const { after } = operationsOf(config.norm.order)
  const last = [...after].filter((operation) => operation !== 'd').at(-1)
  if (last === 'n') return `${path}Norm.normed`
  // The linear itself adds the residual, where that comes first.
  return last === undefined || /^d?a/.test(after) ? made : `${path}.sum`
}

/**
 * Names the outputs of a sub-layer: `….output`, without the residual; `…Norm.sum`, with it; `…Norm.normed`, and where
 * there is a norm before it as well, `…InputNorm.normed`.
 */
export function nameResults(names: Map<string, TensorOrigin>, whole: Program, path: string, config: ModelConfig): void {
  const last = lastInstruction(whole, path)
  const { before, after } = normNames(path, config.norm.order)
  const isMean = last.op.name === average.row.name
  const made = isMean && before ? `${before}.normed` : last.outputs[0].name
  const fuses = last.inputs[last.op.inputs.indexOf('residual?')]
  names.set(`${path}.output`, fuses ? { by: 'product', tensor: made } : { by: 'computed', tensor: made })
  const added = whole.find(`${path}.sum`)
  if (fuses || added) names.set(`${path}Norm.sum`, { by: 'computed', tensor: fuses ? made : present(added).name })
  for (const norm of [before, after])
    if (norm) names.set(`${norm}.normed`, { by: 'computed', tensor: `${norm}.normed` })
}

/** The instruction that computes a sub-layer's output, before residual and norm. */
function lastInstruction({ instructions }: Program, path: string): Instruction {
  const own = instructions.filter(({ path: at }) => `${at.join('.')}.`.startsWith(`${path}.`))
  const last = own.filter(({ op, path: at }) => op.name !== add.row.name || at.join('.') !== path).at(-1)
  return present(last)
}

/** Names the intermediate results of the module that replaces self-attention. */
export function nameRecurrence(names: Map<string, TensorOrigin>, whole: Program, path: string): void {
  if (path.endsWith(`.${moduleOf.convolution}`)) {
    for (const step of computedOnTheWay.convolution)
      names.set(`${path}.${step}`, { by: 'computed', tensor: `${path}.${step}.norm.normed` })
    return
  }
  const own = present(
    whole.instructions.find(
      ({ op, path: at }) => at.join('.') === path && (op.name === ssru.row.name || op.name === average.row.name),
    ),
  )
  if (own.op.name === average.row.name) {
    names.set(`${path}.averaged`, { by: 'computed', tensor: own.outputs[0].name })
    return
  }
  const [, states, gates] = own.outputs
  const { base, column, width } = present(own.inputs[own.op.inputs.indexOf('x')])
  names.set(`${path}.candidate`, { by: 'computed', tensor: base.name, columns: [column, column + width] })
  names.set(`${path}.states`, { by: 'inside', tensor: states.name, path })
  names.set(`${path}.forgetGates`, { by: 'inside', tensor: gates.name, path })
}

/** Patterns of the names of intermediate results of what replaces self-attention, where a stack has it. */
export function recurrenceNames(config: ModelConfig): string[] {
  const kinds = Object.values(stackKindsOf(config)) as SelfAttentionKind[]
  return [...new Set(kinds)].flatMap((kind) => computedOnTheWay[kind].map((name) => `**.${name}`))
}
