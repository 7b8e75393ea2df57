import type { PoolTranslator } from '../translate/calls/index.ts'
import type { TranslateOptions } from '../translate/options/options.ts'
import type { Autoencoder } from './autoencoder.ts'

/** A translation by way of codes. */
export interface LatentTranslation {
  text: string
  /** The codes that the prior has written, a character for each. */
  codes: string
  /** Steps of the prior's decoder, its end included. */
  steps: number
}

/**
 * Translates by a Latent Transformer: the prior, a translator whose targets are codes, writes them one after the other, and the autoencoder
 * all tokens of their translation at once. A text is one sentence. @throws GlassformerError as both do
 */
export async function translateByCodes(
  { prior, autoencoder }: { prior: PoolTranslator; autoencoder: Autoencoder },
  texts: readonly string[],
  options: Pick<TranslateOptions, 'beams' | 'signal'> = {},
): Promise<LatentTranslation[]> {
  const asIs = { split: 'never', protect: false, numbers: false, copyUnknown: false, readCapitals: false } as const
  const found = await prior.translate([...texts], { ...asIs, ...options })
  const written = autoencoder.decode(found.map(({ text }, i) => ({ source: texts[i], codes: text })))
  return written.map((text, i) => ({ text, codes: found[i].text, steps: found[i].ids.length }))
}
