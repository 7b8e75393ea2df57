import type { ModelConfig, SpecialIds } from '../../../engine/model/config.ts'
import type { FeedForwardSettings } from '../../../engine/model/feed-forward-settings.ts'
import type { FolderTensors } from '../folder-tensors.ts'
import { readActivation, readingHuggingFace } from '../huggingface.ts'
import type { JsonFields } from '../json-fields.ts'
import { hubTokenizerFiles } from '../stored-tokenizer.ts'
import type { WeightNames } from '../weight-names.ts'
import type { Family } from './family.ts'
import { t5Config, t5Names } from './t5.ts'

/**
 * Switch Transformers (Fedus et al. 2021) in Hugging Face's layout: T5 1.0 in which some feed-forward layers are experts, of which each
 * token has one. Where more tokens of a text choose an expert than `expert_capacity`, Hugging Face drops those behind; here no token is
 * dropped.
 */
export const switchTransformers: Family = {
  modelTypes: ['switch_transformers'],
  read: readingHuggingFace({ config, generation: {}, tokenizer: hubTokenizerFiles('T5') }),
  names,
}

function config(fields: JsonFields, ids: SpecialIds, stored: FolderTensors): ModelConfig {
  const plain = t5Config(fields, ids, stored)
  const withExperts = (side: 'encoder' | 'decoder') => {
    const stack = plain[side]
    const sparse = fields.has(`num_sparse_${side}_layers`) ? fields.number(`num_sparse_${side}_layers`) : 3
    const step = sparse > 0 ? Math.floor(stack.layers / sparse) : 0
    const layers = Array.from({ length: stack.layers }, (_, i) => i).filter(
      (i) => step === 1 || (step > 0 && i % step === 1),
    )
    if (!layers.length) return stack
    const experts = fields.positiveInteger('num_experts', 8)
    const feedForward: FeedForwardSettings = { experts, k: 1, softmax: 'all', layers, balance: 0 }
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
  const sides = ['encoder', 'decoder'] as const
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
  return { ...plain, stored: { ...plain.stored, ...Object.fromEntries(feedForward) } }
}
