import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import { expertsOf, type FeedForwardSettings } from '../../../engine/model/config/feed-forward-settings.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { readingHuggingFace } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartJson, isBart, readBart, sinusoidNames } from './bart-layout.ts'
import type { Family } from './family.ts'

/**
 * NLLB-MoE (NLLB Team 2022) in Hugging Face's layout: M2M100's layers, of which some have experts with biases. A token has its two best,
 * whose gates add up to 1, and their outputs count 1 − moe_token_dropout, also in translation. Every expert has room for all tokens, as it
 * has in transformers with moe_eval_capacity_token_fraction 1.
 */
export const nllbMoe: Family = {
  modelTypes: ['nllb-moe'],
  classes: ['NllbMoeForConditionalGeneration'],
  read: readingHuggingFace({ config, generation: {}, tokenizer: hubTokenizerFiles('NLLB') }),
  names,
  written: { part: 'experts', takes, json, tokenizers: ['huggingface'] },
}

/** The first token has the position after that of padding. */
const variant = (padding: number | null): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'timingSignal', offset: (padding ?? 1) + 1 },
  outputBias: false,
})

const sides = ['encoder', 'decoder'] as const
type Side = (typeof sides)[number]

/** Every `step`-th layer; none with 0. */
const sparseLayers = (layers: number, step: number): number[] =>
  Array.from({ length: layers }, (_, i) => i).filter((i) => step > 0 && (i + 1) % step === 0)

/** The step by which Hugging Face finds the layers with experts of a side; undefined where none does. */
function stepOf(model: ModelConfig, side: Side): number | undefined {
  const { layers, feedForward } = model[side]
  const own = Array.from({ length: layers }, (_, i) => i).filter((i) => feedForward && expertsOf({ feedForward }, i))
  return [0, ...Array.from({ length: layers }, (_, i) => i + 1)].find(
    (step) => own.join() === sparseLayers(layers, step).join(),
  )
}

/** The experts of either side, or of the only one that has some. */
const expertsOfModel = ({ encoder, decoder }: ModelConfig) => encoder.feedForward ?? decoder.feedForward

/** Whether Hugging Face's NllbMoeForConditionalGeneration can be this model. */
function takes(model: ModelConfig): boolean {
  const fits = ({ k, softmax, bias, noise, scale = 1 }: FeedForwardSettings) =>
    k === 2 && softmax === 'top' && bias === true && noise === false && scale <= 1
  const same = (['experts', 'scale', 'balance'] as const).every(
    (name) => new Set(sides.flatMap((side) => model[side].feedForward?.[name] ?? [])).size < 2,
  )
  return (
    isBart(model, variant(model.ids.padding)) &&
    same &&
    sides.every((side) => {
      const { feedForward } = model[side]
      return (!feedForward || fits(feedForward)) && stepOf(model, side) !== undefined
    })
  )
}

/** The config.json from which `config` reads the same model. */
function json(model: ModelConfig): JsonObject {
  const { experts = 2, scale = 1, balance = 0 } = expertsOfModel(model) ?? {}
  return {
    architectures: ['NllbMoeForConditionalGeneration'],
    model_type: 'nllb-moe',
    ...bartJson(model),
    num_experts: experts,
    encoder_sparse_step: stepOf(model, 'encoder') ?? 0,
    decoder_sparse_step: stepOf(model, 'decoder') ?? 0,
    moe_token_dropout: 1 - scale,
    moe_eval_capacity_token_fraction: 1,
    router_aux_loss_coef: balance,
    second_expert_policy: 'all',
  }
}

/** Keys that change what a token gets, and the only values that are read. */
const fixed = { second_expert_policy: 'all', router_dtype: 'float32', router_bias: false } as const

function config(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const refuse = (key: string, value: unknown, read: unknown): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: NllbMoeForConditionalGeneration with ${key} ${JSON.stringify(value)} is not supported, only with ${JSON.stringify(read)}`,
    )
  }
  for (const [key, only] of Object.entries(fixed)) {
    const value = fields.value(key) ?? only
    if (value !== only) refuse(key, value, only)
  }
  const room = fields.number('moe_eval_capacity_token_fraction', 1)
  // With less room, transformers leaves out tokens of an expert that many have chosen, by their places in a batch.
  if (room < 1) refuse('moe_eval_capacity_token_fraction', room, 1)
  const dropout = fields.number('moe_token_dropout', 0.2)
  if (dropout < 0 || dropout >= 1) fields.fail('moe_token_dropout', 'a number from 0 to below 1')
  const plain = readBart(fields, ids, variant(ids.padding), stored, { activation: 'relu', scaled: true })
  const experts = fields.positiveInteger('num_experts', 128)
  const withExperts = (side: Side) => {
    const stack = plain[side]
    const layers = sparseLayers(stack.layers, fields.natural(`${side}_sparse_step`, 4))
    if (!layers.length) return stack
    const feedForward: FeedForwardSettings = {
      ...{ experts, k: 2, softmax: 'top', bias: true, noise: false, scale: 1 - dropout, layers },
      balance: fields.number('router_aux_loss_coef', 0.001),
    }
    return { ...stack, feedForward }
  }
  return { ...plain, encoder: withExperts('encoder'), decoder: withExperts('decoder') }
}

function names(model: ModelConfig): WeightNames {
  const plain = sinusoidNames(model)
  const own = sides.flatMap((side) => {
    const layer = `model.${side}.layers.*`
    const linears = (ours: string, theirs: string) => [
      [`${side}.*.feedForward.${ours}inner`, `${layer}.ffn.${theirs}fc1`],
      [`${side}.*.feedForward.${ours}outer`, `${layer}.ffn.${theirs}fc2`],
    ]
    const experts = model[side].feedForward?.experts ?? 0
    return [
      ...linears('', ''),
      ...Array.from({ length: experts }, (_, e) => linears(`expert${e}.`, `experts.expert_${e}.`)).flat(),
      [`${side}.*.feedForward.router`, `${layer}.ffn.router.classifier`],
      [`${side}.*.feedForwardNorm`, `${layer}.ff_layer_norm`],
    ]
  })
  const cross = ['query', 'key', 'value', 'output'].map((part) => [
    `decoder.*.crossAttention.${part}`,
    `model.decoder.layers.*.cross_attention.${part === 'output' ? 'out' : part[0]}_proj`,
  ])
  const norm = [['decoder.*.crossAttentionNorm', 'model.decoder.layers.*.cross_attention_layer_norm']]
  return { ...plain, stored: { ...plain.stored, ...Object.fromEntries([...own, ...cross, ...norm]) } }
}
