import { GlassformerError } from '../../../base/errors.ts'
import { checkIds } from '../../../engine/encode/index.ts'
import type { EncoderPart, WaitingText } from './encoder-part.ts'
import type { EncodedItem, EncodedResult, Task } from './tasks.ts'

/** Turns an item into the texts to run for a task; `done` is called with the result when all of them have been run. */
export type Ask = (
  part: EncoderPart,
  item: EncodedItem,
  task: Task,
  done: (result: EncodedResult) => void,
) => Omit<WaitingText, 'request'>[]

/** The ids of an item. @throws GlassformerError ERR_INPUT_TOO_LONG where texts are not to be cut; ERR_INPUT for ids that the model lacks */
export function idsOf({ tokenizer, model }: EncoderPart, { text, pair, given }: EncodedItem, task: Task) {
  if (given) {
    const { ids, types = ids.map(() => 0) } = given
    checkIds(ids, model.config)
    return { ids, types, truncated: false }
  }
  const ids = tokenizer.encode(text, pair, task)
  if (ids.truncated && task.tooLong === 'refuse') throw tooLong(task.maxLength)
  return ids
}

export const tooLong = (most: number) =>
  new GlassformerError(
    'ERR_INPUT_TOO_LONG',
    `the text has more tokens than the ${most} that are read: give it in parts, or take tooLong: 'cut'`,
  )

/** The ids of a text after its prompt, and how many of its tokens are the prompt's and take no part in the pooling. */
export function promptedIds(part: EncoderPart, { text, pair, prompt = '' }: EncodedItem, task: Task) {
  const ids = idsOf(part, { text: prompt + text, ...(pair !== undefined && { pair }) }, task)
  if (!prompt || part.model.sentence.includePrompt) return { ids, skipped: 0 }
  const { tokenizer } = part
  const own = tokenizer.encode(prompt).ids
  const last = own.at(-1)
  return { ids, skipped: last !== undefined && tokenizer.isSpecial(last) ? own.length - 1 : own.length }
}
