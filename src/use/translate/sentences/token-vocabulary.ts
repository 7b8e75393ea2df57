import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { loadTokenizer } from '../../../files/folders/tokenizers/load-tokenizer.ts'
import type { TokenizerFiles } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import { tokensOfJson } from '../../../formats/ctranslate2/token-list.ts'
import type { Alternative } from '../translation/translation.ts'

/** The tokens of a model by id and their ids, for callers that tokenize themselves. */
export class TokenVocabulary {
  readonly #source: ReadonlyMap<string, number>
  readonly #target: ReadonlyMap<string, number>
  readonly #tokens: readonly string[]
  readonly #ids: ModelConfig['ids']

  constructor(source: readonly string[], target: readonly string[], ids: ModelConfig['ids']) {
    this.#source = byToken(source)
    this.#target = target === source ? this.#source : byToken(target)
    this.#tokens = target
    this.#ids = ids
  }

  /**
   * The ids of a source; tokens outside the vocabulary become unknown.
   * @throws GlassformerError ERR_INPUT if the vocabulary has no unknown token
   */
  sourceIds(tokens: readonly string[]): number[] {
    return tokens.map((token) => this.#source.get(token) ?? this.#unknown(token, this.#source))
  }

  /** The ids of the beginning of a translation. */
  targetIds(tokens: readonly string[]): number[] {
    return tokens.map((token) => this.#target.get(token) ?? this.#unknown(token, this.#target))
  }

  /** The tokens of a translation, without its end; source tokens replace unknown tokens if asked for. */
  translated({ ids, copied = [] }: Pick<Alternative, 'ids' | 'copied'>, source: readonly string[]): string[] {
    const whole = ids.at(-1) === this.#ids.end ? ids.slice(0, -1) : ids
    const tokens = whole.map((id) => this.#tokens[id] ?? String(id))
    for (const each of copied) tokens[each.target] = source[each.source] ?? tokens[each.target]
    return tokens
  }

  #unknown(token: string, side: ReadonlyMap<string, number>): number {
    const { unknown } = this.#ids
    const id = unknown === null ? undefined : side.get(this.#tokens[unknown])
    if (id !== undefined) return id
    throw new GlassformerError(
      'ERR_INPUT',
      `the vocabulary has no token ${JSON.stringify(token.slice(0, 60))}, and none that stands for unknown ones`,
    )
  }
}

/**
 * The vocabulary of tokenizer files.
 * @throws GlassformerError ERR_INPUT if the model has none
 */
export async function loadVocabulary(
  files: TokenizerFiles,
  { ids }: ModelConfig,
  path: string,
): Promise<TokenVocabulary> {
  if (files.kind === 'vocabulary') {
    const source = tokensOfJson(files.source, path)
    return new TokenVocabulary(source, files.target === undefined ? source : tokensOfJson(files.target, path), ids)
  }
  const tokenizer = await loadTokenizer(files)
  if (!tokenizer)
    throw new GlassformerError('ERR_INPUT', `${path} has no vocabulary: give lists of ids instead of tokens`)
  const list = (size: number, piece: (id: number) => string) => Array.from({ length: size }, (_, id) => piece(id))
  return new TokenVocabulary(
    list(tokenizer.sourceSize, (id) => tokenizer.sourcePiece(id)),
    list(tokenizer.targetSize, (id) => tokenizer.piece(id)),
    ids,
  )
}

function byToken(tokens: readonly string[]): Map<string, number> {
  const ids = new Map<string, number>()
  tokens.forEach((token, id) => {
    if (!ids.has(token)) ids.set(token, id)
  })
  return ids
}
