import { behindStart } from '../../language/text/tokenizer/tokenizer.ts'
import type { GenerateOptions, PreTrainedModel } from './model.ts'
import { TextStreamer } from './text-streamer.ts'
import type { PreTrainedTokenizer } from './tokenizer.ts'

/** Goes on with texts: num_return_sequences texts for each, with their prompts unless return_full_text is false. */
export async function goOn(
  { model, tokenizer }: { model: PreTrainedModel; tokenizer: PreTrainedTokenizer },
  texts: readonly string[],
  { src_lang: _, tgt_lang: __, return_full_text = true, ...settings }: GenerateOptions,
): Promise<string[][]> {
  if (!texts.length) return []
  const { sourceStart, start, end } = model.translator.model.config.ids
  const prompts = texts.map((text) => {
    const ids = behindStart(sourceStart, tokenizer.encode(text, { add_special_tokens: false }))
    return ids.length ? ids : [start ?? end]
  })
  const { streamer } = settings
  if (streamer instanceof TextStreamer) streamer.tokenizer ??= tokenizer
  const lengths = Math.max(...prompts.map(({ length }) => length))
  const rows = prompts.map((ids) => [...new Array<number>(lengths - ids.length).fill(end), ...ids])
  const attention_mask = prompts.map(({ length }) => rows[0].map((_, column) => (column < lengths - length ? 0 : 1)))
  const ids = await model.generate({ ...settings, input_ids: rows, attention_mask, return_dict_in_generate: false })
  const written = tokenizer.batch_decode(ids, { skip_special_tokens: true })
  const each = written.length / texts.length
  return prompts.map((prompt, i) => {
    const own = written.slice(i * each, (i + 1) * each)
    const before = tokenizer.decode(prompt, { skip_special_tokens: true })
    // As transformers has it, a prompt is returned as it was given.
    return own.map((text) => (return_full_text ? texts[i] : '') + text.slice(before.length))
  })
}
