import {
  computedOnTheWay,
  inPlaceOfAttention,
  moduleOf,
  waysOfLookingBack,
} from '../../base/choices/self-attention-kind.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError } from '../../base/errors.ts'
import { entryOf, present } from '../../base/present.ts'
import { imageOf } from '../../engine/model/config/attention-settings.ts'
import { isDecoderOnly, type ModelConfig } from '../../engine/model/config/config.ts'
import { expertsOf } from '../../engine/model/config/feed-forward-settings.ts'
import type { Instruction } from '../../engine/program/instructions/instruction.ts'
import { optionalName } from '../../engine/program/instructions/op.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import { add } from '../../engine/program/ops/add.ts'
import { attention } from '../../engine/program/ops/attention.ts'
import { embed } from '../../engine/program/ops/embed.ts'
import { linear } from '../../engine/program/ops/linear.ts'
import { sideAttention } from '../../engine/program/ops/side-attention.ts'
import type { Program } from '../../engine/program/program.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import {
  isAttention,
  lookingModules,
  nameRecurrence,
  nameResults,
  outputOf,
  recurrenceNames,
  statesByDepth,
  sublayersOf,
  viewOf,
} from './sublayer-names.ts'
import {
  type AttentionParts,
  type Computed,
  type GlobalAttentionParts,
  type Learned,
  type Side,
  scoreStages,
  type TensorOrigin,
} from './tensor-origin.ts'
import { tracedPositions } from './traced-positions.ts'

/** Every tensor that a trace of a model may have, by name. `whole`: its `wholeProgram`. */
export function tensorNames(whole: Program, config: ModelConfig): ReadonlyMap<string, TensorOrigin> {
  const names = new Map<string, TensorOrigin>()
  for (const side of sidesOf(config)) nameStack(names, side, whole, config)
  names.set('logits', { by: 'computed', tensor: 'output.out' })
  return names
}

/** The weights of a model, by name: parts of a product have names of their own. */
export const weightNames = ({ parameters }: Weights): ReadonlyMap<string, TensorOrigin> =>
  new Map(parameters.map(({ name, rows, width }) => [name, { by: 'learned', weight: name, shape: [rows, width] }]))

/** Patterns of the names of optional tensors: those of positions, and the intermediate results of a recurrence. */
export const ownNames = (config: ModelConfig): string[] => [
  ...tracedPositions[config.positions.kind].names,
  ...recurrenceNames(config),
]

/** Every attention of a model by its module path. */
export function attentionPaths(config: ModelConfig): ReadonlyMap<string, Side> {
  const paths = new Map<string, Side>()
  for (const side of ['encoder', 'decoder'] as const)
    for (let layer = 0; layer < config[side].layers; layer++)
      for (const kind of lookingModules(side, config).filter((kind) => isAttention(kind) && !hasGlobals(side, config)))
        paths.set(`${side}.${layer}.${kind}`, side)
  return paths
}

/** The stacks of a model. */
const sidesOf = (config: ModelConfig): Side[] => (isDecoderOnly(config) ? ['decoder'] : ['encoder', 'decoder'])

/** Whether tokens see global tokens as well, with one softmax. */
const hasGlobals = (side: Side, config: ModelConfig) => config[side].attention?.global !== undefined

function nameStack(names: Map<string, TensorOrigin>, side: Side, whole: Program, model: ModelConfig): void {
  const config = viewOf(side, model)
  const computed = (name: string, tensor: string) => names.set(name, { by: 'computed', tensor })
  names.set(`${side}.embedding`, { by: 'embedding', side })
  const positionTable = inputOf(made(whole, embed.row.name, side), 'positionTable')
  if (positionTable) names.set(`${side}.positions`, { by: 'positions', side })
  if (positionTable?.kind === 'weight') names.set(`${side}.positionTable`, present(learned(positionTable)))
  computed(`${side}.embedded`, `${side}.embedded`)
  if (side === 'encoder' && config.rowWidth !== undefined)
    for (const made of ['out', 'sum']) computed(`encoder.rows.${made}`, `encoder.rows.${made}`)
  if (config.norm.embedding) computed(`${side}.embeddingNorm.normed`, `${side}.embeddingNorm.normed`)
  const states = statesByDepth(side, config)
  for (let layer = 0; layer < config[side].layers; layer++) {
    const at = `${side}.${layer}`
    computed(`${at}.input`, states[layer])
    computed(`${at}.out`, states[layer + 1])
    for (const kind of lookingModules(side, config)) {
      if (isAttention(kind) && !hasGlobals(side, config))
        nameAttention(names, attentionParts(whole, `${at}.${kind}`, side, config))
      else if (isAttention(kind)) nameGlobalAttention(names, globalParts(whole, `${at}.${kind}`, side))
      else nameRecurrence(names, whole, `${at}.${kind}`)
      nameResults(names, whole, `${at}.${kind}`, config)
    }
    computed(`${at}.out`, states[layer + 1])
    if (!sublayersOf(side, config).includes('feedForward')) continue
    if (expertsOf(config[side], layer)) computed(`${at}.feedForward.gates`, `${at}.feedForward.gates`)
    else
      names.set(
        `${at}.feedForward.inner`,
        computedBy(present(made(whole, linear.row.name, `${at}.feedForward.outer`).inputs[0])),
      )
    nameResults(names, whole, `${at}.feedForward`, config)
  }
  computed(`${side}.output`, outputOf(side, config))
}

function nameAttention(names: Map<string, TensorOrigin>, attention: AttentionParts): void {
  const { path, query, key, value } = attention
  names.set(`${path}.query`, query)
  names.set(`${path}.key`, key)
  names.set(`${path}.value`, value)
  for (const stage of scoreStages) names.set(`${path}.${stage}`, { by: 'scores', stage, attention })
  names.set(`${path}.weights`, { by: 'weights', tensor: `${path}.weights`, attention })
  names.set(`${path}.heads`, { by: 'computed', tensor: `${path}.attended` })
  for (const table of ['relativeKeys', 'relativeValues'] as const) {
    const learned = attention[table]
    if (learned) names.set(`${path}.${table}`, learned)
  }
}

function nameGlobalAttention(names: Map<string, TensorOrigin>, attention: GlobalAttentionParts): void {
  const { path, query, key, value, sideKey, sideValue, first, made } = attention
  names.set(`${path}.query`, query)
  names.set(`${path}.key`, key)
  names.set(`${path}.value`, value)
  names.set(`${path}.weights`, { by: 'globalWeights', of: 'tokens', attention })
  if (first) {
    names.set(`${path}.firstQuery`, first.query)
    names.set(`${path}.firstKey`, first.key)
  } else {
    names.set(`${path}.sumKey`, sideKey)
    names.set(`${path}.sumValue`, sideValue)
    names.set(`${path}.sumWeights`, { by: 'globalWeights', of: 'sums', attention })
  }
  names.set(`${path}.heads`, { by: 'computed', tensor: made })
}

/** The instruction of an op in a module. */
const made = (p: Program, op: string, module: string): Instruction =>
  present(p.instructions.find((each) => each.op.name === op && each.path.join('.') === module))

/** The instruction that computes a tensor. */
const makerOf = (p: Program, { base }: Tensor): Instruction =>
  present(p.instructions.find(({ outputs }) => outputs.some((tensor) => tensor.base === base)))

/** An operand of an instruction, by its name. */
const inputOf = ({ op, inputs }: Instruction, name: string): Tensor | null =>
  inputs[op.inputs.findIndex((each) => optionalName(each) === name)]

/** Some columns of a computed tensor, or all. */
const computedBy = ({ base, isView, column, width }: Tensor): Computed => ({
  by: 'computed',
  tensor: base.name,
  ...(isView && { columns: [column, column + width] }),
})

/** A weight, unchanged. */
const learned = (weight: Tensor | null | undefined): Learned | null =>
  weight ? { by: 'learned', weight: weight.name, shape: [weight.rows as number, weight.width] } : null

function attentionParts(whole: Program, path: string, side: Side, config: ModelConfig): AttentionParts {
  const instruction = made(whole, attention.row.name, path)
  const input = (name: string) => inputOf(instruction, name)
  const { heads, scale, causal, every } = instruction.attributes as {
    heads: number
    scale: number
    causal: boolean
    every: number
  }
  const factor = every > 1 ? every : null
  const image = (path.endsWith('selfAttention') && imageOf(config[side])) || null
  // Keys of an image are copied to the blocks that see them.
  const copied = (tensor: Tensor) => (image ? present(inputOf(makerOf(whole, tensor), 'x')) : tensor)
  const key = (name: string): Computed => ({
    ...computedBy(copied(present(input(name)))),
    ...(factor !== null && { factor }),
  })
  return {
    path,
    side,
    causal,
    heads,
    scale,
    factor,
    image,
    keySide: path.endsWith('crossAttention') ? 'encoder' : side,
    relativeKeys: learned(input('relativeKeys')),
    relativeValues: learned(input('relativeValues')),
    distanceBias: input('distanceBias')?.name ?? null,
    query: computedBy(present(input('q'))),
    key: key('k'),
    value: key('v'),
  }
}

function globalParts(whole: Program, path: string, side: Side): GlobalAttentionParts {
  const instruction = made(whole, sideAttention.row.name, path)
  const input = (name: string) => inputOf(instruction, name)
  const own = whole.instructions.find(
    (each) => each.op.name === attention.row.name && each.path.join('.') === `${path}.first`,
  )
  const { heads, scale, every } = instruction.attributes as Record<'heads' | 'scale' | 'every', number>
  return {
    path,
    made: (own ? made(whole, add.row.name, `${path}.first`) : instruction).outputs[0].name,
    side,
    heads,
    scale,
    every,
    distanceBias: input('distanceBias')?.name ?? null,
    sideBias: input('sideBias')?.name ?? null,
    query: computedBy(present(input('q'))),
    key: computedBy(present(input('k'))),
    value: computedBy(present(input('v'))),
    sideKey: computedBy(present(input('sideK'))),
    sideValue: computedBy(present(input('sideV'))),
    spans: {
      ...{ queries: present(input('queries')).name, keys: present(input('keys')).name },
      ...{ sideKeys: present(input('sideKeys')).name, at: input('at')?.name ?? null },
      sideAt: input('sideAt')?.name ?? null,
    },
    first: own ? { query: computedBy(present(inputOf(own, 'q'))), key: computedBy(present(inputOf(own, 'k'))) } : null,
  }
}

/**
 * The names that match patterns, each once: `*` matches one part of a name, `**` any number of parts. A name outside
 * the trace may be one of `listed`, the names in the program's listing, or of `weights`. @throws GlassformerError
 * ERR_OPTION for a pattern without a match
 */
export function matchNames(
  patterns: readonly string[],
  names: ReadonlyMap<string, TensorOrigin>,
  listed: readonly string[],
  weights: ReadonlyMap<string, TensorOrigin> = new Map(),
): Map<string, TensorOrigin> {
  const matched = new Map<string, TensorOrigin>()
  for (const pattern of patterns) {
    const own = [...names.keys()].filter((name) => matches(pattern, name))
    for (const name of own) matched.set(name, entryOf(names, name))
    if (own.length) continue
    const others = listed.filter((name) => matches(pattern, name))
    for (const tensor of others) matched.set(tensor, { by: 'computed', tensor })
    if (others.length) continue
    const learned = [...weights].filter(([name]) => matches(pattern, name))
    for (const [name, weight] of learned) matched.set(name, weight)
    if (!learned.length) throw unknownTensor(pattern, [...names.keys(), ...listed])
  }
  return matched
}

/** The error for an unknown name of a tensor. */
export const unknownTensor = (name: string, known: readonly string[]): GlassformerError =>
  new GlassformerError(
    'ERR_OPTION',
    `the model computes no tensor named '${name}'${didYouMean(name, known)}${inPlace(name, known)}: docs/inspector.md lists the names, and '**' stands for all`,
  )

/** A hint for names of self-attention in a decoder without self-attention. */
function inPlace(name: string, known: readonly string[]): string {
  if (!/^decoder\..*selfAttention/.test(name)) return ''
  for (const way of waysOfLookingBack) {
    const own = `decoder.0.${moduleOf[way]}.${computedOnTheWay[way][0]}`
    if (known.includes(own)) return ` (its decoder has ${inPlaceOfAttention[way]}, see ${own})`
  }
  return ''
}

/** Whether a pattern matches a name. */
export function matches(pattern: string, name: string): boolean {
  return partsMatch(pattern.split('.'), name.split('.'))
}

function partsMatch(pattern: readonly string[], parts: readonly string[]): boolean {
  if (!pattern.length) return !parts.length
  const [first, ...rest] = pattern
  if (first === '**') return parts.some((_, i) => partsMatch(rest, parts.slice(i))) || partsMatch(rest, [])
  return parts.length > 0 && (first === '*' || first === parts[0]) && partsMatch(rest, parts.slice(1))
}
