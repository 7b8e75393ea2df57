import { GlassformerError } from '../../../base/errors.ts'
import type { Positions } from '../../../engine/model/config/config.ts'
import type { Stack } from './attributes.ts'
import type { Ctranslate2Variables } from './variables.ts'

/** T5's distance from which on all have one bucket, where a file does not say it. */
const FURTHEST = 128

/**
 * Where positions enter a model: by a table, by learned distances (Shaw et al. 2018), by buckets of distances (T5), or, where the file has
 * nothing of these, by sinusoids that count from 1. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED
 */
export function ctranslate2Positions(variables: Ctranslate2Variables): Positions {
  const [encoder, decoder] = (['encoder', 'decoder'] as const).map((stack) => ofStack(variables, stack))
  if (JSON.stringify(encoder) === JSON.stringify(decoder)) return encoder
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${variables.path}: encoder and decoder have other positions each (${JSON.stringify(encoder)}, ${JSON.stringify(decoder)}), which cannot be computed here`,
  )
}

function ofStack(variables: Ctranslate2Variables, stack: Stack): Positions {
  const attention = `${stack}/layer_0/self_attention`
  const table = `${stack}/position_encodings/encodings`
  const [bias, keys] = [`${attention}/relative_attention_bias`, `${attention}/relative_position_keys`]
  const found = [table, bias, keys].filter((name) => variables.has(name))
  if (found.length > 1)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${variables.path}: ${found.join(' and ')} together cannot be computed here`,
    )
  if (found[0] === table) return { kind: 'learned', rows: variables.matrix(table)[0], offset: 0 }
  if (found[0] === keys) return { kind: 'relative', clip: (variables.matrix(keys)[0] - 1) / 2 }
  if (found[0] === bias) {
    const furthest = variables.number(`${attention}/relative_attention_max_distance`) ?? FURTHEST
    return { kind: 'buckets', buckets: variables.matrix(bias)[0], furthest }
  }
  return { kind: 'timingSignal', offset: 1 }
}
