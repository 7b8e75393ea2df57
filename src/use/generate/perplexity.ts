import type { TextGenerator } from './text-generator.ts'

/** How well a model foretells texts. */
export interface CorpusPerplexity {
  texts: number
  /** The tokens that were foretold: ends are not, and the first of a text only where the model's texts have a start. */
  tokens: number
  characters: number
  /** Texts without a token that could be foretold. */
  skipped: number
  /** The mean negative log-probability of a token, in nats. */
  loss: number
  perplexity: number
  /** The mean negative base-2 logarithm of a token's probability. */
  bits: number
  bitsPerCharacter: number
}

/** The number of texts that are scored at once. */
const AT_ONCE = 64

/** The perplexity of a model over all tokens of texts. */
export async function perplexityOf(
  generator: TextGenerator,
  texts: AsyncIterable<string> | Iterable<string>,
): Promise<CorpusPerplexity> {
  const counts = { texts: 0, tokens: 0, characters: 0, skipped: 0 }
  let sum = 0
  let some: number[][] = []
  const scoreSome = async () => {
    for (const { score, ids } of await generator.score(some)) {
      sum += score
      counts.tokens += ids.length
    }
    some = []
  }
  const least = generator.model.config.ids.sourceStart === undefined ? 2 : 1
  for await (const text of texts) {
    const ids = generator.tokenizer.encode(text, { special: false })
    if (ids.length < least) {
      counts.skipped++
      continue
    }
    counts.texts++
    counts.characters += Array.from(text).length
    some.push(ids)
    if (some.length === AT_ONCE) await scoreSome()
  }
  if (some.length) await scoreSome()
  const loss = -sum / Math.max(1, counts.tokens)
  const bits = loss / Math.LN2
  const bitsPerCharacter = -sum / Math.LN2 / Math.max(1, counts.characters)
  return { ...counts, loss, perplexity: Math.exp(loss), bits, bitsPerCharacter }
}
