import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/number-text.ts'
import { inOneLine } from '../../../language/text/spaces.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import type { Split, TranslateOptions } from '../../../use/translate/options.ts'
import type { OpenDocument } from '../../../use/translate/parsing/index.ts'
import { readInThread } from '../../../use/translate/parsing/index.ts'
import type { PreparedGlossary } from '../../../use/translate/sentences/index.ts'
import type { Source } from '../../../use/translate/translation.ts'
import { withFormattingOf } from './preserve-formatting.ts'
import type { DeeplRequest, SplitSentences } from './translate-request.ts'

const splits: Readonly<Record<SplitSentences, Split>> = { '0': 'never', '1': 'always', nonewlines: 'always' }

/** The translator options for a request. */
export function optionsOf(
  { split, tags, context }: DeeplRequest,
  glossary: PreparedGlossary | undefined,
): TranslateOptions {
  const isByDefault = split === undefined || (tags !== null && split !== '0')
  return { ...(!isByDefault && { split: splits[split] }), ...(glossary && { glossary }), ...(context && { context }) }
}

/** The texts to translate, with the functions that make answers from their translations. */
export async function preparedTexts(request: DeeplRequest, options: Scheduled): Promise<Prepared[]> {
  const { texts, tags, split } = request
  if (tags) {
    const parsing = { format: tags.form, retranslate: false, tags }
    return Promise.all(texts.map((text) => readInThread(text, parsing, options)))
  }
  // Where line ends do not end sentences, they are treated as spaces.
  const read = split === '0' || split === 'nonewlines' ? inOneLine : (text: string) => text
  return texts.map((text) => plainText(read(text)))
}

/** The texts of a request that are already in the target language. Invalid XML is refused even then. */
export async function textsAsTheyAre(request: DeeplRequest, options: Scheduled): Promise<string[]> {
  if (request.tags) await preparedTexts(request, options)
  return request.texts
}

/** The key of the request, and the signal that ends the work. */
type Scheduled = Pick<TranslateOptions, 'signal' | 'client'>

type Prepared = Pick<OpenDocument, 'texts' | 'translated'>

const plainText = (text: string): Prepared => ({
  texts: [{ text, spans: [] }],
  translated: async ([translation]) => translation!.text,
})

/**
 * The translations of a request's texts, in order. `most`: the maximum number of texts within texts with tags.
 * @throws GlassformerError ERR_INPUT_TOO_LONG, and as the translator
 */
export async function translateTexts(
  translator: PoolTranslator,
  request: DeeplRequest,
  options: TranslateOptions,
  most: number,
): Promise<string[]> {
  const prepared = await preparedTexts(request, options)
  const sources = prepared.flatMap(({ texts }): readonly Source[] => texts)
  if (sources.length > most)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `the elements of a request may have ${whole(most)} texts, not ${whole(sources.length)}`,
    )
  const translations = sources.length ? await translator.translate(sources, options) : []
  let begin = 0
  const work = prepared.map(async (each, i) => {
    const own = translations.slice(begin, begin + each.texts.length)
    begin += own.length
    const text = await each.translated(own.map(({ text, spans = [] }) => ({ text, spans })))
    return request.preserveFormatting && !request.tags ? withFormattingOf(request.texts[i], text) : text
  })
  return Promise.all(work)
}
