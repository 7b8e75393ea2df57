import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { PlacedPair, PlacedToken } from '../../../language/text/pairs/index.ts'
import type { Ask } from './ask.ts'
import type { FoundAnswer } from './tasks.ts'

// Answers as the question-answering pipeline of transformers 4 finds them: windows of the text that overlap, with a softmax in each.

/** A score that no token outside of the text can win with. */
const NEVER = -10000

/** The best answers to a question in a text of any length. */
export const askAnswers: Ask = (part, { text: question, pair: context }, task, done) => {
  if (task.task !== 'answer' || context === undefined)
    throw new GlassformerError('ERR_INTERNAL', 'an answer needs a question and a text')
  if (!context.trim())
    throw new GlassformerError('ERR_INPUT', 'the context is empty: give the text that has the answer')
  const { tokenizer } = part
  const asked = tokenizer.tokensOf(question)
  const tokens = tokenizer.tokensOf(context)
  const room = task.maxLength - asked.length - tokenizer.around(true)
  if (room < 1)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `the question has ${asked.length} tokens, and ${task.maxLength} are read with its text`,
    )
  const windows = windowsOf(tokens, room, Math.min(task.stride, room - 1)).map((own) => tokenizer.placed(asked, own))
  const answers: FoundAnswer[] = []
  let missing = windows.length
  let none = 1_000_000
  const found: FoundAnswer[][] = []
  return windows.map((window, number) => ({
    ...window,
    head: 'all' as const,
    done(_: Float32Array, logits: Float32Array) {
      // More spans than are asked for, because some become the same answer.
      const { spans, nothing } = spansOf(window, logits, task.longest, 2 * task.top + 10)
      none = Math.min(none, nothing)
      // A word that the window cuts is as long as its tokens in the window.
      const words = wordRanges(window.tokens.filter(({ text }) => text === 1))
      found[number] = spans.map(({ begin, end, score }) => {
        const [from] = entryOf(words, window.tokens[window.places[begin]].word)
        const [, to] = entryOf(words, window.tokens[window.places[end]].word)
        return { score, begin: from, end: to, text: context.slice(from, to) }
      })
      if (--missing > 0) return
      for (const answer of found.flat()) {
        const same = answers.find(({ text }) => text.toLowerCase() === answer.text.toLowerCase())
        if (same) same.score += answer.score
        else answers.push(answer)
      }
      if (task.allowsNone) answers.push({ score: none, begin: 0, end: 0, text: '' })
      answers.sort((a, b) => b.score - a.score)
      done({
        tokens: windows.reduce((sum, { ids }) => sum + ids.length, 0),
        truncated: false,
        answers: answers.slice(0, task.top),
      })
    },
  }))
}

/** Windows of so many tokens, of which `stride` are those of the window before. */
function windowsOf(tokens: readonly PlacedToken[], size: number, stride: number): PlacedToken[][] {
  const windows: PlacedToken[][] = []
  for (let begin = 0; ; begin += size - stride) {
    windows.push(tokens.slice(begin, begin + size))
    if (begin + size >= tokens.length) return windows
  }
}

/** The range of each word. */
function wordRanges(tokens: readonly PlacedToken[]): Map<number, [number, number]> {
  const ranges = new Map<number, [number, number]>()
  for (const { word, begin, end } of tokens) {
    const known = ranges.get(word)
    ranges.set(word, known ? [Math.min(known[0], begin), Math.max(known[1], end)] : [begin, end])
  }
  return ranges
}

/** The best spans of a window, in places of its ids, and the score that there is none. */
function spansOf({ places, tokens }: PlacedPair, logits: Float32Array, longest: number, top: number) {
  const inContext = places.map((place) => place >= 0 && tokens[place].text === 1)
  const side = (which: 0 | 1) => {
    // The first id stands for no answer.
    const scores = places.map((_, i) => (inContext[i] || i === 0 ? logits[2 * i + which] : NEVER))
    const most = Math.max(...scores)
    const powers = scores.map((score) => Math.exp(score - most))
    const total = powers.reduce((a, b) => a + b, 0)
    return powers.map((power) => power / total)
  }
  const [starts, ends] = [side(0), side(1)]
  const nothing = starts[0] * ends[0]
  starts[0] = ends[0] = 0
  const spans: { begin: number; end: number; score: number }[] = []
  for (let begin = 0; begin < places.length; begin++)
    for (let end = begin; end < Math.min(places.length, begin + longest); end++)
      if (inContext[begin] && inContext[end]) spans.push({ begin, end, score: starts[begin] * ends[end] })
  spans.sort((a, b) => b.score - a.score)
  return { spans: spans.slice(0, top), nothing }
}
