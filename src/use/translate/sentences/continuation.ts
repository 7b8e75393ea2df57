import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'

/** The text that ids add to that of a prompt, so that both together are the whole text: a space before the first word belongs to it. */
export function continuation(
  tokenizer: Pick<Tokenizer, 'decode'>,
  prompt: readonly number[],
  ids: readonly number[],
): string {
  const before = tokenizer.decode(prompt)
  const whole = tokenizer.decode([...prompt, ...ids])
  return whole.startsWith(before) ? whole.slice(before.length) : tokenizer.decode(ids)
}
