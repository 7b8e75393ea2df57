import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { ADAPTER_CONFIG, adapterFolder, readFactors, writeAdapter } from '../../../files/folders/adapters/index.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import type { TrainConfig } from '../settings/config.ts'
import type { loraTargets } from '../settings/settings.ts'
import { TrainedAdapter } from './trained-adapter.ts'

/** The copy of the adapter with which a training begins. */
export const FIRST_ADAPTER = 'first-adapter'

/**
 * The adapter of a training before its first step: random numbers that follow from the seed, or the adapter of a folder, in place of which
 * the copy in the folder of the training counts where there is one.
 * @throws GlassformerError ERR_OPTION where nothing is adapted; the errors of reading an adapter
 */
export function firstAdapter({ lora, training }: TrainConfig, weights: Weights, folder: string): TrainedAdapter {
  if (weights.config.latents)
    throw new GlassformerError('ERR_OPTION', 'lora: an autoencoder is trained as a whole: leave lora out')
  const { targets, from, ...shape } = present(lora)
  const adapted = (parameter: string) => isTarget(parameter, targets)
  if (from === undefined) return new TrainedAdapter(weights, shape, adapted).initialize(training.seed)
  const kept = join(folder, FIRST_ADAPTER)
  const factors = readFactors(adapterFolder(hasFile(join(kept, ADAPTER_CONFIG)) ? kept : from), weights.config)
  return new TrainedAdapter(weights, shape, adapted, factors)
}

/** Keeps a copy of the adapter of a folder, with which a resumed training has the same bits whatever becomes of that folder. */
export function keepFirstAdapter(adapter: TrainedAdapter, config: TrainConfig, weights: Weights, folder: string): void {
  const kept = join(folder, FIRST_ADAPTER)
  if (config.lora?.from !== undefined && !hasFile(join(kept, ADAPTER_CONFIG)))
    writeTrained(kept, adapter, config, weights)
}

/** Writes an adapter that is trained in the layout of PEFT. */
export const writeTrained = (path: string, adapter: TrainedAdapter, { from }: TrainConfig, { config }: Weights): void =>
  writeAdapter(path, adapter.factors(), config, { base: present(from), stabilized: adapter.shape.stabilized })

/** Whether a parameter is one of these: `encoder.0.selfAttention.query.weight` is of the group attention, and named query. */
function isTarget(parameter: string, targets: readonly (typeof loraTargets)[number][]): boolean {
  const path = parameter.split('.')
  const module = present(path.at(-2)).replace(/\d+$/, '')
  const group = path.includes('feedForward') ? 'feedForward' : 'attention'
  return targets.some((target) => target === group || target === module)
}
