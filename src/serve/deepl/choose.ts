import { GlassformerError } from '../../errors.ts'
import { refused } from '../fields.ts'
import { type Chosen, chooseModel } from '../models/choose-model.ts'
import { detectSource } from '../models/detect-source.ts'
import type { Models } from '../models/models.ts'

/**
 * The model of a pair of languages; without a source, the text says which it is.
 * @throws GlassformerError ERR_INPUT in DeepL's words
 */
export function chooseFor(models: Models, { source, target }: { source?: string; target: string }, text = ''): Chosen {
  orRefused(() => chooseModel(models, { target }), 'target_lang')
  if (source !== undefined) return orRefused(() => chooseModel(models, { source, target }), 'source_lang')
  return chooseModel(models, { target, source: detectSource(models.list, text, target)?.language })
}

function orRefused(choose: () => Chosen, field: string): Chosen {
  try {
    return choose()
  } catch (error) {
    throw error instanceof GlassformerError ? refused(`Value for '${field}' not supported.`) : error
  }
}
