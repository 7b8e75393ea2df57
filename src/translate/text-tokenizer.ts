import { GlassformerError, shown } from '../errors.ts'
import { inOptions } from '../schema/place.ts'
import { read, settings } from '../schema/settings.ts'
import { oneOf } from '../schema/types.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

/** Which vocabulary is meant: the vocabulary of sources, or that of translations. */
export interface SideOption {
  side?: 'source' | 'target'
}

/** Text to ids and back, as the model of a translator has it: `translator.tokenizer`. */
export class TextTokenizer {
  readonly #tokenizer: () => Tokenizer

  /** `tokenizer` throws where the model has no tokenizer. */
  constructor(tokenizer: () => Tokenizer) {
    this.#tokenizer = tokenizer
  }

  /**
   * The ids of a text, the end last. The default side is the source; its ids are as the model reads them, behind the id that sources begin
   * with, where the model has one. The text is one sequence, not split into sentences, and may be longer than the model takes.
   * @throws GlassformerError ERR_INPUT for a value that is no text, and where the model has no tokenizer; ERR_OPTION; ERR_CLOSED
   */
  encode(text: string, options: SideOption = {}): number[] {
    const side = sideOf(options, 'source')
    if (typeof text !== 'string') throw new GlassformerError('ERR_INPUT', `encode takes a text, not ${shown(text)}`)
    const tokenizer = this.#tokenizer()
    return side === 'source' ? tokenizer.encode(text) : tokenizer.encodeTarget(text)
  }

  /**
   * The text of ids; the default side is the target. Special ids (end, start, padding) are left out.
   * @throws GlassformerError ERR_INPUT for an id that the vocabulary does not have, and where the model has no tokenizer; ERR_OPTION;
   * ERR_CLOSED
   */
  decode(ids: readonly number[], options: SideOption = {}): string {
    const side = sideOf(options, 'target')
    checkIds('decode', ids)
    const tokenizer = this.#tokenizer()
    return side === 'source' ? tokenizer.decodeSource(ids) : tokenizer.decode(ids)
  }

  /**
   * The piece of each id, as the vocabulary writes it ('▁student'); the default side is the target.
   * @throws GlassformerError as `decode`
   */
  pieces(ids: readonly number[], options: SideOption = {}): string[] {
    const side = sideOf(options, 'target')
    checkIds('pieces', ids)
    const tokenizer = this.#tokenizer()
    return ids.map((id) => (side === 'source' ? tokenizer.sourcePiece(id) : tokenizer.piece(id)))
  }
}

const sideSettings = settings({
  side: {
    type: oneOf('source', 'target'),
    optional: true,
    otherwise: 'source to encode, target otherwise',
    says: 'whose vocabulary is meant',
  },
})

const sideOf = (options: SideOption, byDefault: 'source' | 'target'): 'source' | 'target' =>
  read(sideSettings, options, inOptions).side ?? byDefault

function checkIds(what: string, ids: unknown): void {
  if (!Array.isArray(ids) || !Array.from(ids).every(Number.isSafeInteger))
    throw new GlassformerError('ERR_INPUT', `${what} takes a list of ids, not ${shown(ids)}`)
}
