import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { openCorpus } from '../../learn/train/pairs/corpus.ts'
import { perplexityOf } from '../../use/generate/perplexity.ts'
import { TextGenerator } from '../../use/generate/text-generator.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import type { EvaluateCommandOptions } from './options.ts'

/** `glassformer evaluate --perplexity`: how well a model foretells the tokens of texts. */
export async function tellPerplexity(options: EvaluateCommandOptions): Promise<void> {
  const { model, perplexity: path, textUnit: unit, json, backend, precision, threads, workers } = options
  const corpus = openCorpus({ format: 'text', path: present(path), ...(unit !== undefined && { unit }) })
  const generator = await TextGenerator.load(
    present(model),
    resolveLoadOptions({ backend, precision, threads, workers }),
  )
  try {
    const found = await perplexityOf(generator, textsOf(corpus))
    if (json)
      return console.log(JSON.stringify({ ...found, model: generator.model.path, backend: generator.backendInfo() }))
    const { perplexity, loss, bits, bitsPerCharacter, texts, tokens, skipped } = found
    const left = skipped ? `; ${counted(skipped, 'text')} of one token left out` : ''
    console.log(
      `perplexity ${perplexity.toFixed(3)} (loss ${loss.toFixed(4)}) over ${counted(tokens, 'token')} of ${counted(texts, 'text')}${left}`,
    )
    console.log(
      `bits       ${bits.toFixed(4)} a token (bits per dimension), ${bitsPerCharacter.toFixed(4)} a character`,
    )
  } finally {
    await generator.close()
  }
}

async function* textsOf(corpus: AsyncIterable<{ target: string }>): AsyncGenerator<string, void, undefined> {
  for await (const { target } of corpus) yield target
}
