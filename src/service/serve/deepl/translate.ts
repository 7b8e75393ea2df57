import type { GlossaryEntry } from '../../../use/translate/glossary-option.ts'
import type { Split, TranslateOptions } from '../../../use/translate/options.ts'
import type { PoolTranslator } from '../../../use/translate/pool-translator.ts'
import type { Source, Translation } from '../../../use/translate/translation.ts'
import { withFormattingOf } from './preserve-formatting.ts'
import type { TaggedText } from './tagged-text.ts'
import type { DeeplRequest, SplitSentences } from './translate-request.ts'

const splits: Readonly<Record<SplitSentences, Split>> = { '0': 'never', '1': 'always', nonewlines: 'always' }

/** Options of a translator that do what a request asks for. */
export function optionsOf(
  { split, tags }: DeeplRequest,
  glossary: readonly GlossaryEntry[] | undefined,
): TranslateOptions {
  const isByDefault = split === undefined || (tags !== null && split !== '0')
  return { ...(!isByDefault && { split: splits[split] }), ...(glossary && { glossary }) }
}

/** What is to be translated of the texts of a request, with what makes answers of the translations. */
export async function preparedTexts(request: DeeplRequest) {
  const { texts, tags, split } = request
  if (tags) {
    const { taggedText } = await import('./tagged-text.ts')
    return texts.map((text) => taggedText(text, tags))
  }
  // Where line ends do not end sentences, they are spaces like others.
  const read =
    split === '0' || split === 'nonewlines'
      ? (text: string) => text.replace(/\s*[\r\n]+\s*/g, ' ')
      : (text: string) => text
  return texts.map((text) => plainText(read(text)))
}

/** The texts of a request that are in the target language already. What is no XML is refused all the same. */
export async function textsAsTheyAre(request: DeeplRequest): Promise<string[]> {
  await preparedTexts(request)
  return request.texts
}

type Prepared = { texts: Source[]; translated(translations: readonly Translation[]): string }

const plainText = (text: string): Prepared => ({ texts: [text], translated: ([translation]) => translation.text })

/** The translations of the texts of a request, in their order. */
export async function translateTexts(
  translator: PoolTranslator,
  request: DeeplRequest,
  options: TranslateOptions,
): Promise<string[]> {
  const prepared: (TaggedText | Prepared)[] = await preparedTexts(request)
  const sources = prepared.flatMap(({ texts }): Source[] => texts)
  const translations = sources.length ? await translator.translate(sources, options) : []
  let begin = 0
  return prepared.map((each, i) => {
    const own = translations.slice(begin, begin + each.texts.length)
    begin += own.length
    const text = each.translated(own.map((translation) => ({ spans: [], ...translation })))
    return request.preserveFormatting && !request.tags ? withFormattingOf(request.texts[i], text) : text
  })
}
