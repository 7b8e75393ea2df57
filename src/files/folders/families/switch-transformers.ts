import { present } from '../../../base/present.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import { expertsOf, type FeedForwardSettings } from '../../../engine/model/config/feed-forward-settings.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { readActivation, readingHuggingFace } from '../layout/huggingface.ts'
import type { FolderTensors } from '../tensors/folder-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'
import { isT5, separateTables, t5Config, t5Json, t5Names } from './t5.ts'

/**
 * Switch Transformers (Fedus et al. 2021) in Hugging Face's layout: T5 1.0 in which some feed-forward layers are experts, of which each
 * token has one. Where more tokens of a text choose an expert than `expert_capacity`, Hugging Face drops those after; here no token is
 * dropped.
 */
export const switchTransformers: Family = {
  modelTypes: ['switch_transformers'],
  classes: ['SwitchTransformersForConditionalGeneration'],
  read: readingHuggingFace({ config, generation: {}, tokenizer: hubTokenizerFiles('T5') }),
  names,
  written: { part: 'experts', takes, json, tokenizers: ['huggingface'] },
}

const sides = ['encoder', 'decoder'] as const

/** Whether Hugging Face's SwitchTransformersForConditionalGeneration can be this model. */
function takes(model: ModelConfig): boolean {
  const [encoder, decoder] = [model.encoder.feedForward, model.decoder.feedForward]
  const same = (['experts', 'balance', 'zLoss'] as const).every((name) => encoder?.[name] === decoder?.[name])
  return (
    isT5(model) && !model.gated && same && encoder?.softmax !== 'top' && sides.every((side) => sparseIn(model, side))
  )
}

/** The number of sparse layers by which Hugging Face finds those of a side; undefined where no number does. */
function sparseIn(model: ModelConfig, side: 'encoder' | 'decoder'): number | undefined {
  const { layers, feedForward } = model[side]
  const own = Array.from({ length: layers }, (_, i) => i).filter((i) => feedForward && expertsOf({ feedForward }, i))
  return Array.from({ length: layers }, (_, i) => i + 1).find(
    (sparse) => own.length && own.join() === sparseLayers(layers, sparse).join(),
  )
}

/** The layers that are experts where Hugging Face's config.json says that there are `sparse`. */
function sparseLayers(layers: number, sparse: number): number[] {
  const step = sparse > 0 ? Math.floor(layers / sparse) : 0
  return Array.from({ length: layers }, (_, i) => i).filter((i) => step === 1 || (step > 0 && i % step === 1))
}

/** The config.json from which `config` reads the same model. No token is dropped where an expert has room for all of a text. */
function json(model: ModelConfig): JsonObject {
  const { feed_forward_proj, ...plain } = t5Json(model)
  const { experts, balance, zLoss = 0 } = present(model.encoder.feedForward)
  return {
    ...plain,
    architectures: ['SwitchTransformersForConditionalGeneration'],
    model_type: 'switch_transformers',
    dense_act_fn: feed_forward_proj,
    num_experts: experts,
    num_sparse_encoder_layers: sparseIn(model, 'encoder'),
    num_sparse_decoder_layers: sparseIn(model, 'decoder'),
    expert_capacity: model.maxLength,
    router_aux_loss_coef: balance,
    router_z_loss_coef: zLoss,
  } as JsonObject
}

function config(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const plain = t5Config(fields, ids, stored)
  const cost = (name: string) => (fields.has(name) ? fields.number(name) : 0.001)
  const withExperts = (side: 'encoder' | 'decoder') => {
    const stack = plain[side]
    const sparse = fields.has(`num_sparse_${side}_layers`) ? fields.number(`num_sparse_${side}_layers`) : 3
    const layers = sparseLayers(stack.layers, sparse)
    if (!layers.length) return stack
    const experts = fields.positiveInteger('num_experts', 8)
    const z = cost('router_z_loss_coef')
    const balance = cost('router_aux_loss_coef')
    const feedForward: FeedForwardSettings = { experts, k: 1, softmax: 'all', layers, balance, ...(z && { zLoss: z }) }
    return { ...stack, feedForward }
  }
  return {
    ...plain,
    activation: readActivation(fields, 'dense_act_fn', 'relu'),
    gated: false,
    encoder: withExperts('encoder'),
    decoder: withExperts('decoder'),
  }
}

function names(model: ModelConfig): WeightNames {
  const plain = t5Names(model)
  const feedForward = sides.flatMap((side) => {
    const module = `${side}.block.*.layer.${side === 'encoder' ? 1 : 2}.mlp`
    const experts = Array.from({ length: model[side].feedForward?.experts ?? 0 }, (_, e) => [
      [`${side}.*.feedForward.expert${e}.inner`, `${module}.experts.expert_${e}.wi`],
      [`${side}.*.feedForward.expert${e}.outer`, `${module}.experts.expert_${e}.wo`],
    ]).flat()
    return [
      [`${side}.*.feedForward.inner`, `${module}.wi`],
      [`${side}.*.feedForward.outer`, `${module}.wo`],
      [`${side}.*.feedForward.router`, `${module}.router.classifier`],
      ...experts,
    ]
  })
  return { ...plain, separate: separateTables(model), stored: { ...plain.stored, ...Object.fromEntries(feedForward) } }
}
