import type { Transcript, TranscriptWord } from '../../sound/transcript/transcript.ts'
import { HeldSound, Incoming, later } from './live-sound.ts'
import { RATE } from './sound-windows.ts'

/** The transcript of live speech at a moment. */
export interface LiveText {
  /** Words that have become certain since the last moment. They do not change any more. */
  text: string
  words: TranscriptWord[]
  /** The uncertain words after them, which the next pass may change. */
  pending: string
  /** Seconds of sound that have been heard. */
  duration: number
}

/** Transcribes some seconds of sound, with times of words; `before` is the text in front of it. */
export type HearAgain = (samples: Float32Array, before: string) => Promise<Pick<Transcript, 'segments'>>

/** Seconds of sound that are heard again and again; beyond them the beginning that is certain is dropped. */
const LONGEST = 15
/** Characters of text in front of the sound, which keep spelling and style. */
const BEFORE = 200

/**
 * Speech as text while it is spoken: the sound since the last certain sentence is heard anew whenever there are `step` seconds
 * more of it, and words on which two passes in turn agree are certain.
 * @see D. Macháček, R. Dabre, O. Bojar, Turning Whisper into Real-Time Transcription System, 2023 (LocalAgreement-2)
 */
export async function* live(
  sound: AsyncIterable<Float32Array>,
  hear: HearAgain,
  { step = 1, signal }: { step?: number; signal?: AbortSignal } = {},
): AsyncGenerator<LiveText, void, undefined> {
  const incoming = new Incoming(sound, signal)
  const agreement = new Agreement()
  const held = new HeldSound()
  try {
    for (let isLast = false; !isLast; ) {
      const more = await incoming.next(step * RATE)
      isLast = more.isLast
      held.add(more.samples)
      if (!held.samples.length) return
      const { begin, end } = held
      const { segments } = await hear(held.samples, agreement.text.slice(-BEFORE))
      const heard = segments.flatMap(({ words = [] }) => words.map((word) => later(word, begin)))
      const words = agreement.next(heard, isLast)
      yield {
        text: words.map(({ word }) => word).join(''),
        words,
        pending: agreement.pending.map(({ word }) => word).join(''),
        duration: end,
      }
      if (held.samples.length <= LONGEST * RATE) continue
      held.leave(Math.max(agreement.lastSentence(segments, begin), end - 2 * LONGEST))
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

  /** The words of the last pass after the certain ones. */
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
