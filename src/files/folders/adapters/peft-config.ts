import { GlassformerError } from '../../../base/errors.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'

/** The settings of an adapter in PEFT's layout. */
export const ADAPTER_CONFIG = 'adapter_config.json'

/** The settings of a LoRA adapter that its products need; ranks follow from the tensors. */
export interface PeftConfig {
  /** The factor of a module's product B A, for its rank: α ÷ rank, with rsLoRA α ÷ √rank (Kalajdzievski 2023). */
  scaleOf(module: string, rank: number): number
}

/** Settings of PEFT that change what an adapter computes, beyond the product B A, and the values that say that it does not. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  use_dora: [false],
  use_qalora: [false],
  use_bdlora: [false],
  lora_bias: [false],
  layer_replication: [],
  alora_invocation_tokens: [],
  arrow_config: [],
  kasa_config: [],
  target_parameters: [],
  trainable_token_indices: [],
}

/** Initializations that change the model's own weights too, which the adapter's files do not have. */
const changesModel = /^(pissa|olora|corda|loftq)/

/** @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT; ERR_UNSUPPORTED for adapters that are no LoRA, or more than that */
export function readPeftConfig(folder: Folder): PeftConfig {
  const where = folder.at(ADAPTER_CONFIG)
  const fields = new JsonFields(folder.json(ADAPTER_CONFIG), where)
  const unsupported = (what: string): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${where}: ${what}; merge it with PEFT in Python (merge_and_unload), and load the result`,
    )
  }
  const type = fields.text('peft_type')
  if (type !== 'LORA') unsupported(`peft_type is '${type}', and only LORA can be read`)
  for (const [name, values] of Object.entries(refused)) {
    const value = fields.value(name)
    if (value !== undefined && !values.includes(value)) unsupported(`${name} is not supported`)
  }
  const start = fields.value('init_lora_weights')
  if (typeof start === 'string' && changesModel.test(start))
    unsupported(`init_lora_weights is '${start}', which changes the weights of the model too`)
  const alpha = fields.number('lora_alpha', 8)
  const alphas = patternsOf(fields, 'alpha_pattern')
  const isStabilized = fields.flag('use_rslora', false)
  return {
    scaleOf(module, rank) {
      const own = alphas.find(([pattern]) => pattern.test(module))?.[1] ?? alpha
      return own / (isStabilized ? Math.sqrt(rank) : rank)
    },
  }
}

/** Numbers by patterns of modules: a pattern is the end of a module's name, or a regular expression that matches one. */
function patternsOf(fields: JsonFields, name: string): [RegExp, number][] {
  const patterns = fields.value(name)
  if (patterns === undefined) return []
  const own = fields.object(name, false)
  return Object.keys(patterns as object).map((key) => {
    try {
      return [new RegExp(`^(?:.*\\.)?(?:${key})$`), own.number(key)]
    } catch (cause) {
      if (cause instanceof GlassformerError) throw cause
      return own.fail(key, 'under a regular expression')
    }
  })
}
