import type { Command } from 'commander'
import { some } from '../../base/schema/settings.ts'
import { modelOption, playFlags, searchFlags } from './options.ts'
import { addFlags, type Flagged } from './schema-flags.ts'

/** The search for the translation that is looked into, and the backend that runs the model. */
export const lookingFlags = { ...some(searchFlags, 'beams'), ...playFlags }

/** The options of commands that look into one sentence. */
export interface LookingOptions extends Flagged<typeof lookingFlags> {
  model?: string
  /** The target text that the decoder reads in place of the model's own translation. */
  target?: string
  /** Tensors that become zeros, and heads that are off. */
  ablate?: string[]
  json?: true
}

export function addLookingOptions(command: Command): Command {
  command
    .addOption(modelOption())
    .option('--target <text>', "what the decoder reads (default: the model's own translation)")
  return addFlags(command, lookingFlags).option('--json', 'print one JSON object')
}

/** A token as an option takes it: an id where it is a number. */
export const tokenOf = (given: string | undefined): string | number | undefined =>
  given !== undefined && /^\d+$/.test(given) ? Number(given) : given
