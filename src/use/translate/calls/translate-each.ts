import { GlassformerError } from '../../../base/errors.ts'
import { translateShorter } from '../documents/shorter-texts.ts'
import type { TranslateOptions } from '../options/options.ts'
import type { CutText } from '../translation/document-report.ts'
import type { Source, Translation } from '../translation/translation.ts'
import type { PoolTranslator } from './pool-translator.ts'

/** The result for one text: its translation, or the error why it cannot be translated. */
export type Outcome = Translation | GlassformerError

export const isFailure = (outcome: Outcome): outcome is GlassformerError => outcome instanceof GlassformerError

/**
 * Translates all sources. A source that fails does not keep the others from being translated. With `cut`, which is told of
 * it, a sentence that is too long is translated in parts, unless `split` is 'never'.
 */
export async function translateEach(
  sources: readonly Source[],
  translator: Pick<PoolTranslator, 'translate'>,
  options: TranslateOptions,
  cut?: (text: CutText) => void,
): Promise<Outcome[]> {
  const translate = (some: readonly Source[]) => translator.translate(some, options)
  const alone = async (source: Source) =>
    cut && options.split !== 'never'
      ? (await translateShorter([source], translate, cut))[0]
      : translator.translate(source, options)
  try {
    return await translator.translate(sources, options)
  } catch (error) {
    if (!isAboutOneText(error)) throw error
    return Promise.all(
      sources.map((source) =>
        alone(source).catch((reason: unknown) => {
          if (!isAboutOneText(reason)) throw reason
          return reason
        }),
      ),
    )
  }
}

export const isAboutOneText = (error: unknown): error is GlassformerError =>
  error instanceof GlassformerError && (error.code === 'ERR_INPUT' || error.code === 'ERR_INPUT_TOO_LONG')
