import { speechLanguage } from '../../base/choices/speech-languages.ts'
import { GlassformerError } from '../../base/errors.ts'
import { isPath, type Path, type ResolvedTranscribe, type SpeechTranslator } from './options.ts'
import type { TranscriptSegment } from './transcript.ts'

/** Translates segments of a transcript in place, as subtitles are translated: a sentence goes on from one to the next. */
export type TranslateSegments = (segments: readonly TranscriptSegment[], language: string) => Promise<void>

/** Loads a translator by its folder. @throws GlassformerError as `Translator.load` */
export type LoadTranslator = (path: Path) => Promise<SpeechTranslator & { close(): Promise<void> }>

/** Translators that calls name by their folders, each loaded once. */
export class NamedTranslators {
  readonly #load: LoadTranslator
  readonly #loading = new Map<string, ReturnType<LoadTranslator>>()

  constructor(load: LoadTranslator) {
    this.#load = load
  }

  /**
   * How segments get their translations; null where none are asked for.
   * @throws GlassformerError ERR_OPTION, and as `Translator.load`
   */
  async for(
    { translateTo, translator: given }: ResolvedTranscribe,
    signal?: AbortSignal,
  ): Promise<TranslateSegments | null> {
    if (translateTo === undefined) return null
    if (given === undefined)
      throw new GlassformerError(
        'ERR_OPTION',
        "option 'translateTo' needs option 'translator': a Translator, or the folder of a model that translates",
      )
    const translator = isPath(given) ? await this.#named(given) : given
    return (segments, language) => translated(translator, segments, { from: language, to: translateTo, signal })
  }

  async close(): Promise<void> {
    const all = [...this.#loading.values()]
    this.#loading.clear()
    await Promise.all(all.map(async (loading) => (await loading).close()))
  }

  #named(path: Path): ReturnType<LoadTranslator> {
    const key = String(path)
    const known = this.#loading.get(key)
    if (known) return known
    const loading = this.#load(path)
    this.#loading.set(key, loading)
    loading.catch(() => this.#loading.delete(key))
    return loading
  }
}

async function translated(
  translator: SpeechTranslator,
  segments: readonly TranscriptSegment[],
  { from, to, signal }: { from: string; to: string; signal: AbortSignal | undefined },
): Promise<void> {
  if (!segments.length) return
  if ((speechLanguage(to) ?? to) === from) {
    for (const segment of segments) segment.translation = segment.text
    return
  }
  const { source, target } = translator.tokenizer.languages
  const { text } = await translator.translate(subtitlesOf(segments), {
    format: 'srt',
    ...(signal && { signal }),
    // A model of one pair of languages cannot be told any.
    ...(source.length > 0 && { sourceLanguage: from }),
    ...(target.length > 0 && { targetLanguage: to }),
  })
  const lines = text.split('\n\n').map((cue) => cue.split('\n').slice(2).join(' '))
  segments.forEach((segment, i) => {
    segment.translation = ` ${(lines[i] ?? '').trim()}`
  })
}

/** Segments as subtitles, whose times only say that one follows the other. */
const subtitlesOf = (segments: readonly TranscriptSegment[]): string =>
  segments
    .map(({ text }, i) => `${i + 1}\n00:00:01,000 --> 00:00:02,000\n${text.trim().replaceAll('-->', '->') || '…'}`)
    .join('\n\n')
