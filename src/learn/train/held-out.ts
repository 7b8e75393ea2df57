import { Readable } from 'node:stream'
import { GlassformerError } from '../../base/errors.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import { isDecoderOnly, type ModelConfig } from '../../engine/model/config/config.ts'
import { joinWords } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { type PairTokenizer, tokensRead } from './batches/pair-tokenizer.ts'
import { toldIds } from './batches/sounds.ts'
import { cutTexts } from './batches/texts.ts'
import { type KeptLines, keptLines, fitting as linesFor, measureKept } from './forgetting.ts'
import type { TextModel } from './models/kept-model.ts'
import type { CorpusSpec, Pair } from './pairs/corpus.ts'
import { localesOf, type Prepared } from './prepare.ts'
import type { PlannedConfig, TrainConfig } from './settings/config.ts'
import type { Validation } from './step/validation.ts'
import type { Trainer } from './trainer.ts'

/** A pair for validation that a training would not drop, as text and in ids. */
export interface Fitting {
  text: Pair
  ids: TokenPair
}

/** @throws GlassformerError ERR_INPUT if there are pairs for validation, and none of them fits */
export async function fittingOf(
  validation: readonly Pair[],
  tokenizer: PairTokenizer,
  longest: number,
): Promise<Fitting[]> {
  const texts: Pair[] = []
  const whole = Readable.from(validation)
  for await (const text of tokenizer.areWhole ? cutTexts(whole, tokenizer, longest) : whole) texts.push(text)
  const all = texts.map((text) => ({
    text,
    ids: { source: tokenizer.encode(text.source), target: tokenizer.encodeTarget(text.target) } as TokenPair,
  }))
  const fitting = all.filter(({ ids }) => ids.source.length > 0 && tokensRead(ids, tokenizer) <= longest)
  for (const { ids, text } of fitting) ids.sound = await tokenizer.sound?.(text.source)
  if (validation.length && !fitting.length)
    throw new GlassformerError(
      'ERR_INPUT',
      `all pairs to measure with (${validation.length}) have more than ${longest} tokens on a side: give others ` +
        '(data.validation), or train into another folder with more batchTokens or a larger maxLength of the model',
    )
  return fitting
}

export function validationOf(
  fitting: readonly Fitting[],
  { tokenizer, weights, beside }: TextModel,
  spec: CorpusSpec,
  { sentences, watch }: PlannedConfig['validation'],
): Validation {
  const written = (text: string) => joinWords(text, beside.tokenizer)
  // Nothing is translated by a decoder alone.
  const few = isDecoderOnly(weights.config) ? [] : fitting.slice(0, sentences)
  return {
    pairs: fitting.map(({ ids }) => ids),
    sources: few.map(({ ids }) => ids),
    ...(spec.format === 'audio' && {
      begin: [weights.config.ids.start ?? weights.config.ids.end, ...toldIds(weights.config, spec.language)],
    }),
    watched: watch.map((source) => ({ source, ids: watchedIds(source, tokenizer.encode(source), weights.config) })),
    texts: few.map(({ text }) => ({ source: written(text.source), reference: written(text.target) })),
    decode: (ids) => tokenizer.decode(ids),
  }
}

/** @throws GlassformerError ERR_INPUT for a sentence of more tokens than the model reads */
function watchedIds(text: string, source: number[], { maxLength }: ModelConfig): { source: number[] } {
  if (source.length <= maxLength) return { source }
  throw new GlassformerError(
    'ERR_INPUT',
    `validation.watch: ${JSON.stringify(text.slice(0, 40))} has ${source.length} tokens, and the model reads ${maxLength}: give a shorter one`,
  )
}

/** The lines by which forgetting is measured; null for a model that does not translate texts, or is new. */
export function keptOf(
  { model, everyday }: Prepared,
  unseen: readonly Fitting[],
  { from, data, validation: { sentences } }: TrainConfig,
): KeptLines | null {
  const { config } = model.weights
  if (from === undefined || !sentences || isDecoderOnly(config) || config.latents || config.rowWidth !== undefined)
    return null
  if (data.train.format === 'audio' || data.train.format === 'text') return null
  const texts = unseen.slice(0, sentences).map(({ text }) => text)
  return keptLines({ everyday, unseen: texts }, localesOf(model), linesFor(model.tokenizer, config))
}

/** What a model that is trained further has kept of what it knew. */
export const measuredBy = (trainer: Trainer, lines: KeptLines, model: TextModel) =>
  measureKept(lines, localesOf(model), async (texts) =>
    (await trainer.translate(texts.map((text) => ({ source: model.tokenizer.encode(text) })))).map((ids) =>
      model.tokenizer.decode(ids),
    ),
  )
