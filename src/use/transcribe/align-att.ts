import type { LiveText } from './live.ts'
import { HeldSound, Incoming, later } from './live-sound.ts'
import { RATE } from './sound-windows.ts'

/** A word of one pass over the held sound, in seconds from its begin. */
export interface PassWord {
  text: string
  tokens: readonly number[]
  start: number
  end: number
  probability: number
  /** Whether the model has heard enough for it. */
  isCertain: boolean
}

/** What stands before the words of a pass, in tokens: what was said before the held sound, and what it has said in it. */
export interface Before {
  previous: readonly number[]
  prefix: readonly number[]
}

/** Hears the held sound, and goes on after the words of `before`. */
export type HearOn = (samples: Float32Array, before: Before) => Promise<PassWord[]>

/** How live sound is held. */
export interface Held {
  /** Seconds of new sound after which it is heard. */
  step: number
  /** Seconds of the model's window. */
  window: number
  /** Tokens that each part of the text before may have. */
  room: number
  signal?: AbortSignal
  /** Whether the last of these tokens go on in a loop. */
  loops(tokens: readonly number[]): boolean
}

/** The part of a window that is held at the most, and the part from which on the beginning is dropped. */
const [MOST, MUCH] = [0.8, 0.5]
/** Seconds of sound without a new word, after which the model goes on from what it said last: it has lost the thread, or nobody speaks. */
const LOST = 8
/** Seconds at the end of the sound whose words stay in it as context. */
const CONTEXT = 3
const ENDS_OF_SENTENCES = /[.!?。！？]["'”’)]?$/u

/**
 * The count of tokens, from `from` on, of which enough has been heard: those before the first for which the attention is greatest in the last
 * `frames` columns, which may go on, or far in front of the one before it, where the model begins anew. `attention` has a row for each
 * token. @see S. Papi, M. Turchi, M. Negri, AlignAtt: Using Attention-based Audio-Translation Alignments …, 2023
 */
export function heardEnough(
  { attention, states }: { attention: Float32Array; states: number },
  { from, to, frames, back = BACK }: { from: number; to: number; frames: number; back?: number },
): number {
  let last = from > 0 ? greatest(attention, from - 1, states) : 0
  for (let row = from; row < to; row++) {
    const at = greatest(attention, row, states)
    if (at >= states - frames || at < last - back) return row - from
    last = at
  }
  return to - from
}

/** States by which attention may step back: 4 seconds. */
const BACK = 200

function greatest(attention: Float32Array, row: number, states: number): number {
  let best = 0
  for (let s = 1; s < states; s++) if (attention[row * states + s] > attention[row * states + best]) best = s
  return best
}

/**
 * Speech as text while it is spoken: the model goes on from the words that are certain, over the sound that they come from and `step`
 * seconds more, up to the word whose sound may not be whole yet.
 */
export async function* alignAtt(
  sound: AsyncIterable<Float32Array>,
  hear: HearOn,
  { step, window, room, signal, loops }: Held,
): AsyncGenerator<LiveText, void, undefined> {
  const incoming = new Incoming(sound, signal)
  const said = new Said(room)
  const held = new HeldSound()
  let rest: PassWord[] = [] // what the last pass has heard in it, and was not certain
  const leave = (seconds: number) => {
    const passed = held.leave(seconds)
    rest = rest.map((word) => later(word, -passed))
    said.leave(held.begin)
  }
  try {
    for (let isLast = false; !isLast; ) {
      const room = Math.floor(MOST * window * RATE) - held.samples.length
      const more = await incoming.next(Math.min(step * RATE, room), room)
      isLast = more.isLast
      held.add(more.samples)
      if (!held.samples.length) return
      const { begin, end } = held
      const pass = more.samples.length ? await hear(held.samples, said.before) : rest
      const open = isLast ? -1 : pass.findIndex(({ isCertain }) => !isCertain)
      const count = open < 0 ? pass.length : open
      const isLoop = loops([...said.before.prefix, ...pass.slice(0, count).flatMap(({ tokens }) => tokens)])
      const words = isLoop ? [] : pass.slice(0, count).map((word) => later(word, begin))
      said.add(words)
      rest = isLoop ? [] : pass.slice(count)
      yield {
        text: words.map(({ text }) => text).join(''),
        words: words.map(({ text: word, start, end, probability }) => ({ word, start, end, probability })),
        pending: rest.map(({ text }) => text).join(''),
        duration: end,
      }
      if (isLoop) leave(end - Math.min(1, step))
      else if (said.isFull || (said.count && end - Math.max(said.end, begin) > LOST)) leave(said.end)
      else if (held.samples.length > MUCH * window * RATE)
        leave(Math.max(said.sentence(end - Math.min(CONTEXT, window / 4)) ?? 0, end - MUCH * window))
    }
  } finally {
    await incoming.close()
  }
}

/** The certain words: those of the held sound, and tokens of those before it. */
class Said {
  readonly #room: number
  #words: PassWord[] = []
  #previous: number[] = []
  /** Where the last word ends, in seconds. */
  end = 0

  constructor(room: number) {
    this.#room = room
  }

  get before(): Before {
    return { previous: this.#previous, prefix: this.#words.flatMap(({ tokens }) => tokens) }
  }

  /** Words of the held sound. */
  get count(): number {
    return this.#words.length
  }

  /** Whether the words of the held sound leave no room for more. */
  get isFull(): boolean {
    return this.before.prefix.length >= this.#room
  }

  add(words: readonly PassWord[]): void {
    this.#words.push(...words)
    this.end = words.at(-1)?.end ?? this.end
  }

  /** The end of the last sentence that ends by then; without one, of the last word. */
  sentence(by: number): number | undefined {
    const ended = this.#words.filter(({ end }) => end <= by)
    return (ended.findLast(({ text }) => ENDS_OF_SENTENCES.test(text)) ?? ended.at(-1))?.end
  }

  /** Drops words whose sound is no longer held; their tokens stay as text before it. */
  leave(begin: number): void {
    const first = this.#words.findIndex(({ end }) => end > begin + 0.01)
    const passed = this.#words.splice(0, first < 0 ? this.#words.length : first)
    this.#previous = [...this.#previous, ...passed.flatMap(({ tokens }) => tokens)].slice(-this.#room)
  }
}
