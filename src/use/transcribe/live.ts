import type { Transcript, TranscriptWord } from '../../sound/transcript/transcript.ts'

/** The transcript of live speech at a moment. */
export interface LiveText {
  /** Words that are certain since the last moment: two passes agree on them. They do not change any more. */
  text: string
  words: TranscriptWord[]
  /** The uncertain words behind them, which the next pass may change. */
  pending: string
  /** Seconds of sound that have been heard. */
  duration: number
}

/** Transcribes some seconds of sound, with times of words; `before` is the text in front of it. */
export type HearAgain = (samples: Float32Array, before: string) => Promise<Pick<Transcript, 'segments'>>

const RATE = 16_000
/** New sound, in samples, behind which it is heard anew. */
const STEP = RATE
/** Seconds of sound that are heard again and again; beyond them the beginning that is certain is left behind. */
const LONGEST = 15
/** Samples that wait to be heard, beyond which a source that is no microphone has to wait. */
const MOST_WAITING = 30 * RATE
/** Characters of text in front of the sound, which keep spelling and style. */
const BEFORE = 200

/**
 * Speech as text while it is spoken: the sound since the last certain sentence is heard anew whenever there is a second
 * more of it, and words on which two passes in turn agree are certain.
 * @see D. Macháček, R. Dabre, O. Bojar, Turning Whisper into Real-Time Transcription System, 2023 (LocalAgreement-2)
 */
export async function* live(
  sound: AsyncIterable<Float32Array>,
  hear: HearAgain,
): AsyncGenerator<LiveText, void, undefined> {
  const incoming = new Incoming(sound)
  const agreement = new Agreement()
  let held: Float32Array = new Float32Array(0)
  let begin = 0 // seconds before the held sound
  try {
    for (let isLast = false; !isLast; ) {
      const more = await incoming.next(STEP)
      isLast = more.isLast
      held = joined(held, more.samples)
      if (!held.length) return
      const { segments } = await hear(held, agreement.text.slice(-BEFORE))
      const heard = segments.flatMap(({ words = [] }) => words.map((word) => later(word, begin)))
      const words = agreement.next(heard, isLast)
      yield {
        text: words.map(({ word }) => word).join(''),
        words,
        pending: agreement.pending.map(({ word }) => word).join(''),
        duration: begin + held.length / RATE,
      }
      if (held.length <= LONGEST * RATE) continue
      const cut = Math.max(agreement.lastSentence(segments, begin), begin + held.length / RATE - 2 * LONGEST)
      const passed = Math.min(held.length, Math.max(0, Math.floor((cut - begin) * RATE)))
      held = held.slice(passed)
      begin += passed / RATE
    }
  } finally {
    await incoming.close()
  }
}

/** The words on which two passes agree. */
class Agreement {
  /** All that is certain. */
  text = ''
  #end = 0
  #before: TranscriptWord[] = []

  /** The words of the last pass behind the certain ones. */
  get pending(): readonly TranscriptWord[] {
    return this.#before
  }

  /** The words of a pass that have become certain; with the last pass, all of them. */
  next(heard: readonly TranscriptWord[], isLast: boolean): TranscriptWord[] {
    // A word that is certain may be heard again a little later.
    const fresh = heard.filter(({ start, end }) => (start + end) / 2 > this.#end)
    let count = 0
    while (count < fresh.length && count < this.#before.length && same(fresh[count], this.#before[count])) count++
    const certain = fresh.slice(0, isLast ? fresh.length : count)
    this.#before = fresh.slice(certain.length)
    this.text += certain.map(({ word }) => word).join('')
    this.#end = certain.at(-1)?.end ?? this.#end
    return certain
  }

  /** Where the last segment ends of which every word is certain; without one, the last certain word. */
  lastSentence(segments: readonly { end: number }[], begin: number): number {
    const ends = segments.map(({ end }) => begin + end).filter((end) => end <= this.#end)
    return ends.at(-1) ?? this.#end
  }
}

const letters = ({ word }: TranscriptWord): string => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
const same = (a: TranscriptWord, b: TranscriptWord): boolean => letters(a) === letters(b)

const later = (word: TranscriptWord, seconds: number): TranscriptWord => ({
  ...word,
  start: word.start + seconds,
  end: word.end + seconds,
})

/** Sound that arrives while what came before is being heard. */
class Incoming {
  readonly #iterator: AsyncIterator<Float32Array>
  #waiting: Float32Array[] = []
  #count = 0
  #hasEnded = false
  #error: unknown
  #wake = () => {}
  #resume = () => {}

  constructor(sound: AsyncIterable<Float32Array>) {
    this.#iterator = sound[Symbol.asyncIterator]()
    this.#read().catch((error) => {
      this.#error = error
      this.#hasEnded = true
      this.#wake()
    })
  }

  /** All that has arrived, when that is at least `least` samples, or the sound has ended. */
  async next(least: number): Promise<{ samples: Float32Array; isLast: boolean }> {
    while (this.#count < least && !this.#hasEnded)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    if (this.#error) throw this.#error
    const samples = this.#waiting.reduce(joined, new Float32Array(0))
    this.#waiting = []
    this.#count = 0
    this.#resume()
    return { samples, isLast: this.#hasEnded }
  }

  async close(): Promise<void> {
    this.#hasEnded = true
    this.#resume()
    await this.#iterator.return?.()
  }

  async #read(): Promise<void> {
    while (!this.#hasEnded) {
      const { done, value } = await this.#iterator.next()
      if (done) this.#hasEnded = true
      else {
        this.#waiting.push(value)
        this.#count += value.length
      }
      this.#wake()
      while (this.#count > MOST_WAITING && !this.#hasEnded)
        await new Promise<void>((resolve) => {
          this.#resume = resolve
        })
    }
  }
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
