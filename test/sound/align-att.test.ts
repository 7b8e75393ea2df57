import { expect, test } from 'vitest'
import { alignAtt, type HearOn, heardEnough, type PassWord } from '#dist/use/transcribe/align-att.js'
import type { LiveText } from '#dist/use/transcribe/live.js'

const WORDS = 'zero one two three four. five six seven eight nine. ten eleven twelve thirteen fourteen.'.split(' ')
const SAYS = 1.5 // seconds for a word
const RATE = 16_000
const WINDOW = 12
const usual = { step: 0.5, window: WINDOW, room: 100, loops: () => false }

/** Someone who counts: the sound of word n is n + 1. */
const spoken = () =>
  Float32Array.from({ length: WORDS.length * SAYS * RATE }, (_, i) => Math.floor(i / (SAYS * RATE)) + 1)

async function* inPieces(samples: Float32Array, size: number) {
  for (let i = 0; i < samples.length; i += size) yield samples.slice(i, i + size)
}

/** Goes on from the words before; a word that sounds in the last half second is not certain, and another one each time. */
function listener() {
  const passes: { seconds: number; previous: readonly number[]; prefix: readonly number[] }[] = []
  const hear: HearOn = async (samples, { previous, prefix }) => {
    passes.push({ seconds: samples.length / RATE, previous, prefix })
    const words: PassWord[] = []
    for (let i = 0; i < samples.length; ) {
      const id = samples[i]! - 1
      let end = i
      while (end < samples.length && samples[end] === id + 1) end++
      const isCertain = end < samples.length - RATE / 2
      const text = isCertain || end - i > (SAYS - 0.01) * RATE ? ` ${WORDS[id]}` : ` ${WORDS[id]}?${passes.length}`
      const times = { start: i / RATE, end: end / RATE }
      if (end - i > RATE / 100) words.push({ text, tokens: [id], ...times, probability: 1, isCertain })
      i = end
    }
    expect(words.slice(0, prefix.length).flatMap(({ tokens }) => tokens)).toEqual(prefix)
    return words.slice(prefix.length)
  }
  return { hear, passes }
}

async function momentsOf(size: number, more: Partial<typeof usual> = {}) {
  const { hear, passes } = listener()
  const moments: LiveText[] = []
  for await (const moment of alignAtt(inPieces(spoken(), size), hear, { ...usual, ...more })) moments.push(moment)
  return { moments, passes }
}

test.each([
  [800, usual],
  [8000, usual],
  [40_000, { ...usual, step: 1.1 }],
  [8000, { ...usual, room: 3 }],
])('words are certain once, with their times, in pieces of %i samples and %o', async (size, settings) => {
  const { moments, passes } = await momentsOf(size, settings)
  expect(moments.map(({ text }) => text).join('')).toBe(` ${WORDS.join(' ')}`)
  expect(moments.at(-1)).toMatchObject({ pending: '', duration: WORDS.length * SAYS })
  const words = moments.flatMap((moment) => moment.words)
  for (const [i, { word, start, end }] of words.entries()) {
    expect(word).toBe(` ${WORDS[i]}`)
    expect(start).toBeCloseTo(i * SAYS, 1)
    expect(end).toBeCloseTo((i + 1) * SAYS, 1)
  }
  for (const { text, words: own } of moments) expect(own.map(({ word }) => word).join('')).toBe(text)
  // The sound that is held stays within the window, and what is said before it is context.
  expect(Math.max(...passes.map(({ seconds }) => seconds))).toBeLessThanOrEqual(0.8 * WINDOW)
  const { previous, prefix } = passes.at(-1)!
  const before = [...previous, ...prefix]
  expect(before).toEqual(WORDS.map((_, i) => i).slice(before[0], before[0] + before.length))
  expect(prefix.length).toBeLessThanOrEqual(settings.room + 1)
})

test('a word comes within the step and the half second after it', async () => {
  const { moments } = await momentsOf(800)
  for (const { words, duration } of moments.slice(0, -1))
    for (const { end } of words) expect(duration - end).toBeLessThan(1.2)
})

test('a loop is dropped, with the sound of which it is', async () => {
  const seconds: number[] = []
  const hear: HearOn = async (samples) => {
    seconds.push(samples.length / RATE)
    const word = { text: ' la', start: 0, end: 0.1, probability: 1, isCertain: true }
    return Array.from({ length: 9 }, () => ({ ...word, tokens: [7] }))
  }
  const loops = (tokens: readonly number[]) => tokens.length > 6
  const moments: LiveText[] = []
  for await (const moment of alignAtt(inPieces(spoken(), 8000), hear, { ...usual, loops })) moments.push(moment)
  expect(moments.every(({ text, pending }) => text === '' && pending === '')).toBe(true)
  expect(Math.max(...seconds)).toBeLessThanOrEqual(1.5)
})

test('an early end closes the sound, and errors of it come out', async () => {
  let isClosed = false
  const endless = (async function* () {
    try {
      for (;;) yield new Float32Array(RATE).fill(1)
    } finally {
      isClosed = true
    }
  })()
  for await (const { duration } of alignAtt(endless, listener().hear, usual)) if (duration > 3) break
  expect(isClosed).toBe(true)
  const broken = (async function* () {
    yield new Float32Array(20_000).fill(1)
    throw new Error('unplugged')
  })()
  const all = async () => {
    for await (const _ of alignAtt(broken, listener().hear, usual));
  }
  await expect(all()).rejects.toThrow('unplugged')
})

test('enough is heard up to the first token that looks at the last frames, or far back', () => {
  /** A row for each token, whose attention is greatest in that state. */
  const looks = (states: number, ...at: number[]) => {
    const attention = new Float32Array(at.length * states)
    for (const [row, state] of at.entries()) attention[row * states + state] = 1
    return { attention, states }
  }
  const all = { from: 0, to: 5, frames: 10 }
  expect(heardEnough(looks(100, 3, 20, 40, 89, 70), all)).toBe(5)
  expect(heardEnough(looks(100, 3, 20, 40, 90, 70), all)).toBe(3)
  expect(heardEnough(looks(100, 3, 20, 40, 90, 70), { ...all, from: 2 })).toBe(1)
  expect(heardEnough(looks(100, 95, 20, 40, 90, 70), all)).toBe(0)
  expect(heardEnough(looks(1000, 3, 400, 410, 190, 500), all)).toBe(3)
  expect(heardEnough(looks(1000, 3, 400, 410, 215, 500), all)).toBe(5)
})
