import type { Command } from 'commander'
import { some } from '../../base/schema/settings.ts'
import { bleuSettings } from '../../learn/evaluate/bleu-options.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import { type LanguageOptions, languageFlags } from './corpus-options.ts'
import { searchFlags, workerFlags } from './options.ts'
import { addFlags, type Flagged, givenBy } from './schema-flags.ts'

const testFlags = {
  ...some(searchFlags, 'beams'),
  ...some(loadSettings, 'backend'),
  ...workerFlags,
  ...some(bleuSettings, 'tokenize'),
}

/** The options by which a command scores the model that it has made. */
export interface TestOptions extends Flagged<typeof testFlags>, LanguageOptions {
  test?: string[]
}

/** `scores` names the scores that the command prints. */
export function addTestOptions(command: Command, scores: string): Command {
  command.option('--test <table...>', `sources and references, as glassformer evaluate takes them: print ${scores}`)
  for (const [flags, description] of Object.values(languageFlags)) command.option(flags, description)
  return addFlags(command, testFlags)
}

/** The usage error in the options, or null. */
export function wrongTest(options: TestOptions): string | null {
  const useless = Object.keys(givenBy(testFlags, options)).at(0)
  return useless !== undefined && !options.test ? `--${useless} is for measuring: give --test too` : null
}
