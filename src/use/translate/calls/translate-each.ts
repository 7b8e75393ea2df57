import { GlassformerError } from '../../../base/errors.ts'
import type { TranslateOptions } from '../options/options.ts'
import type { Source, Translation } from '../translation/translation.ts'
import type { PoolTranslator } from './pool-translator.ts'

/** The result for one text: its translation, or the error why it cannot be translated. */
export type Outcome = Translation | GlassformerError

export const isFailure = (outcome: Outcome): outcome is GlassformerError => outcome instanceof GlassformerError

/** Translates all sources. A source that fails does not keep the others from being translated. */
export async function translateEach(
  sources: readonly Source[],
  translator: Pick<PoolTranslator, 'translate'>,
  options: TranslateOptions,
): Promise<Outcome[]> {
  try {
    return await translator.translate(sources, options)
  } catch (error) {
    if (!isAboutOneText(error)) throw error
    return Promise.all(
      sources.map((source) =>
        translator.translate(source, options).catch((reason: unknown) => {
          if (!isAboutOneText(reason)) throw reason
          return reason
        }),
      ),
    )
  }
}

export const isAboutOneText = (error: unknown): error is GlassformerError =>
  error instanceof GlassformerError && (error.code === 'ERR_INPUT' || error.code === 'ERR_INPUT_TOO_LONG')
