import { GlassformerError } from '../../base/errors.ts'
import { PoolTranslator } from '../../use/translate/calls/index.ts'
import type { LoadOptions } from '../../use/translate/options/options.ts'
import type { PoolWorkers } from '../../workers/index.ts'

/** Loads a translator that takes texts. A model that takes only ids is reported once, and not for each text. */
export async function loadTextTranslator(
  folder: string | undefined,
  options: LoadOptions,
  workers?: Partial<PoolWorkers>,
): Promise<PoolTranslator> {
  const translator = await PoolTranslator.load(folder, options, workers)
  const { path, hasTokenizer } = translator.model
  if (!hasTokenizer) await translator.close()
  checkTakesTexts(path, hasTokenizer)
  return translator
}

/** @throws GlassformerError ERR_OPTION */
export function checkTakesTexts(path: string, hasTokenizer: boolean): void {
  if (!hasTokenizer)
    throw new GlassformerError(
      'ERR_OPTION',
      `${path} has no tokenizer, which texts need: copy its files there (docs/model-format.md), or give another model folder; npx glassformer translate --ids takes ids`,
    )
}
