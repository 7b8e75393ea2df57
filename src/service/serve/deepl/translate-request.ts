import type { TagHandling } from '../../../language/markup/tags/tagged-text.ts'
import { type Fields, flagIn, namesIn, oneIn, refused, textIn, textsIn } from '../requests/fields.ts'
import { takesFormality } from './codes.ts'

/** The splitting of texts into sentences: none, at line ends and sentence ends, or only at sentence ends. */
export type SplitSentences = '0' | '1' | 'nonewlines'

/** A request for translations in DeepL's form. */
export interface DeeplRequest {
  texts: string[]
  source: string | undefined
  target: string
  /** Undefined: the best choice for the model. */
  split: SplitSentences | undefined
  preserveFormatting: boolean
  /** A text before the texts, which is not translated. */
  context: string | undefined
  tags: TagHandling | null
  /** Ids; entries of an earlier glossary override those of later ones. */
  glossaries: string[]
  /** Whether to report the number of billed characters. */
  showBilled: boolean
  /** Whether each translation says how probably it is right, which DeepL does not. */
  showConfidence: boolean
  /** The requested kind of model. */
  modelType: string | undefined
}

/** DeepL's limits. */
const MOST_TEXTS = 50
const MOST_GLOSSARIES = 5

const modelTypes = ['quality_optimized', 'latency_optimized', 'prefer_quality_optimized'] as const

/** @throws GlassformerError ERR_INPUT in DeepL's words */
export function readDeeplRequest(fields: Fields): DeeplRequest {
  const texts = textsIn(fields, 'text')
  if (!texts?.length) throw refused("Parameter 'text' not specified.")
  if (texts.length > MOST_TEXTS) throw refused(`Too many texts: at most ${MOST_TEXTS} are allowed in a request.`)
  const target = textIn(fields, 'target_lang')
  if (!target) throw refused("Parameter 'target_lang' not specified.")
  checkFormality(fields, target)
  const source = textIn(fields, 'source_lang') || undefined
  const glossaries = glossariesIn(fields)
  if (glossaries.length && source === undefined)
    throw refused("Use of a glossary requires the 'source_lang' parameter to be specified.")
  return {
    texts,
    source,
    target,
    split: oneIn(fields, 'split_sentences', ['0', '1', 'nonewlines']),
    preserveFormatting: flagIn(fields, 'preserve_formatting', false),
    context: textIn(fields, 'context') || undefined,
    tags: tagsIn(fields),
    glossaries,
    showBilled: flagIn(fields, 'show_billed_characters', false),
    showConfidence: flagIn(fields, 'show_confidence', false),
    modelType: oneIn(fields, 'model_type', modelTypes),
  }
}

function glossariesIn(fields: Fields): string[] {
  const one = textIn(fields, 'glossary_id')
  const many = [...namesIn(fields, 'glossary_ids')]
  if (one && many.length) throw refused("'glossary_id' and 'glossary_ids' cannot be used together.")
  if (many.length > MOST_GLOSSARIES) throw refused(`'glossary_ids' may be at most ${MOST_GLOSSARIES}.`)
  return one ? [one] : many
}

/** Formality is ignored, except that it is refused where DeepL refuses it. */
function checkFormality(fields: Fields, target: string): void {
  const formality = oneIn(fields, 'formality', ['default', 'more', 'less', 'prefer_more', 'prefer_less'])
  if ((formality === 'more' || formality === 'less') && !takesFormality(target))
    throw refused("'formality' is not supported for given 'target_lang'.")
}

function tagsIn(fields: Fields): TagHandling | null {
  const form = oneIn(fields, 'tag_handling', ['', 'xml', 'html'])
  textIn(fields, 'tag_handling_version')
  const lists = {
    splitting: namesIn(fields, 'splitting_tags'),
    nonSplitting: namesIn(fields, 'non_splitting_tags'),
    ignored: namesIn(fields, 'ignore_tags'),
  }
  const outline = flagIn(fields, 'outline_detection', true)
  return form ? { form, outline, ...lists } : null
}
