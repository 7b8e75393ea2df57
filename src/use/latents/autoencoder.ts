import { GlassformerError, shown } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { reading } from '../../base/reading.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, some } from '../../base/schema/settings.ts'
import { integer } from '../../base/schema/types.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { LatentCodec } from '../../engine/decode/latents/index.ts'
import { chosenBackend } from '../../engine/program/chosen-backend.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import { wantsPanels } from '../../engine/weights/precision.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import type { PoolTranslator } from '../translate/calls/index.ts'
import { loadSettings, type TranslateOptions } from '../translate/options/options.ts'
import { SentenceIds } from '../translate/sentences/index.ts'

/** The first of the characters that stand for codes: ideographs, of which there are enough side by side. */
const FIRST = 0x4e00

/** Codes as text: a character for each, white space between them. A vocabulary learns each as a piece of its own. */
const textOfCodes = (codes: readonly number[]): string =>
  codes.map((code) => String.fromCodePoint(FIRST + code)).join(' ')

/** The codes in a text, of which there are `count`; characters that stand for none are passed over. */
export const codesOfText = (text: string, count: number): number[] =>
  // biome-ignore lint/style/noNonNullAssertion: the place is within the text
  Array.from(text, (character) => character.codePointAt(0)! - FIRST).filter((code) => code >= 0 && code < count)

/** Options of an autoencoder, which runs on the calling thread. */
export const autoencoderSettings = settings({
  ...some(loadSettings, 'backend', 'precision'),
  threads: { type: integer(1), default: 1, flag: '--threads <n>', says: 'threads of the kernels' },
})

/** Options of an autoencoder, which runs on the calling thread. */
export interface AutoencoderOptions extends Given<typeof autoencoderSettings> {}

/**
 * The autoencoder of a Latent Transformer (Kaiser et al. 2018): codes of translations, given their sources, and translations of codes, all
 * tokens at once. A text is one sentence. Codes are a text, a character for each.
 */
export class Autoencoder {
  readonly #model: LoadedModel
  readonly #player: Player
  readonly #codec: LatentCodec
  readonly #tokenizer: Tokenizer
  readonly #ids: SentenceIds

  private constructor(model: LoadedModel, player: Player) {
    const tokenizer = createTokenizer(model.tokenizer)
    if (!tokenizer)
      throw new GlassformerError('ERR_MODEL_FORMAT', `${model.path} has no tokenizer, without which no text has codes`)
    this.#model = model
    this.#player = player
    this.#codec = new LatentCodec(player, model.weights)
    this.#tokenizer = tokenizer
    this.#ids = new SentenceIds(tokenizer, model.config, model.path)
  }

  /**
   * Loads the folder of an autoencoder, which `glassformer train --latents` makes.
   * @throws GlassformerError ERR_OPTION, ERR_BACKEND, ERR_UNSUPPORTED for another model, and the errors of loading a folder
   */
  static load(folder: string | URL, options: AutoencoderOptions = {}): Autoencoder {
    const { backend, precision, threads } = read(autoencoderSettings, options, inOptions)
    const path = modelFolder(folder)
    const player = createPlayer({ backend: chosenBackend(backend), threads })
    try {
      const panels = wantsPanels(player.info)
      return new Autoencoder(loadFolder(path, { precision, panels, packing: player.packing }), player)
    } catch (error) {
      player.close()
      throw error
    }
  }

  /** The folder of the model. */
  get path(): string {
    return this.#model.path
  }

  /** Target tokens for each code, and how many codes there are. */
  get latents(): { every: number; codes: number } {
    return { every: present(this.#model.config.latents).every, codes: this.#codec.codes }
  }

  /**
   * The codes of each translation, as text. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG
   */
  encode(pairs: readonly { source: string; target: string }[]): string[] {
    const own = texts(pairs, 'target')
    const ids = own.map(({ source, target }) => ({
      source: this.#ids.of(source, 'source'),
      target: this.#fitting(this.#codec.padded(this.#ids.of(target, 'target'))),
    }))
    return this.#codec.encode(ids).map(textOfCodes)
  }

  /**
   * The pieces of each translation, `latents.every` of which are one code; the last code may have fewer.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG
   */
  pieces(translations: readonly string[]): string[][] {
    return translations.map((text) => this.#ids.of(text, 'target').map((id) => this.#tokenizer.piece(id)))
  }

  /**
   * The translations that codes stand for; characters that are no codes are passed over.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG
   */
  decode(pairs: readonly { source: string; codes: string }[]): string[] {
    const most = Math.floor(this.#model.config.maxLength / this.latents.every)
    const own = texts(pairs, 'codes').map(({ source, codes }) => ({
      source: this.#ids.of(source, 'source'),
      codes: codesOfText(codes, this.#codec.codes).slice(0, most),
    }))
    return this.#codec.decode(own).map((ids) => this.#tokenizer.decode(ids))
  }

  /** Frees the backend's memory and threads. */
  close(): void {
    this.#player.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #fitting(target: number[]): number[] {
    const { maxLength } = this.#model.config
    if (target.length <= maxLength) return target
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a translation has ${target.length} tokens, filled up to whole codes: the model takes at most ${maxLength}`,
    )
  }
}

/** Checks that pairs have texts. */
function texts<Other extends string>(
  pairs: readonly Record<'source' | Other, string>[],
  other: Other,
): Record<'source' | Other, string>[] {
  return reading('the pairs', () => {
    if (!Array.isArray(pairs)) throw new GlassformerError('ERR_INPUT', `pairs must be a list, not ${shown(pairs)}`)
    return pairs.map((pair, i) => {
      for (const side of ['source', other] as const)
        if (typeof pair?.[side] !== 'string')
          throw new GlassformerError('ERR_INPUT', `pairs[${i}].${side} must be a text, not ${shown(pair?.[side])}`)
      return { source: pair.source, [other]: pair[other] } as Record<'source' | Other, string>
    })
  })
}

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
