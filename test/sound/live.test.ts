import { expect, test } from 'vitest'
import { type HearAgain, type LiveText, live } from '#dist/use/transcribe/live.js'

const WORDS = 'one two three four five six seven eight nine ten'.split(' ')
const SAYS = 1.5 // seconds for a word

/** Someone who counts: the sound of word n is n + 1. */
const spoken = () =>
  Float32Array.from({ length: WORDS.length * SAYS * 16000 }, (_, i) => Math.floor(i / (SAYS * 16000)) + 1)

async function* inPieces(samples: Float32Array, size: number) {
  for (let i = 0; i < samples.length; i += size) yield samples.slice(i, i + size)
}

/** Hears the words whose sound is there; of a word that is not whole, something else each time. */
function listener() {
  const passes: number[] = []
  const hear: HearAgain = async (samples) => {
    passes.push(samples.length / 16000)
    const words: { word: string; start: number; end: number; probability: number }[] = []
    for (let i = 0; i < samples.length; ) {
      const own = samples[i]!
      let end = i
      while (end < samples.length && samples[end] === own) end++
      const isWhole = end < samples.length || end - i >= SAYS * 16000 - 1
      const word = isWhole ? WORDS[own - 1]! : `${WORDS[own - 1]}?${passes.length}`
      words.push({ word: ` ${word}`, start: i / 16000, end: end / 16000, probability: 1 })
      i = end
    }
    return { segments: words.map((word) => ({ ...word, words: [word] })) as never }
  }
  return { hear, passes }
}

async function heard(size: number) {
  const { hear, passes } = listener()
  const moments: LiveText[] = []
  for await (const moment of live(inPieces(spoken(), size), hear)) moments.push(moment)
  return { moments, passes }
}

test.each([1600, 8000, 40000])('words become certain when two passes agree, in pieces of %i samples', async (size) => {
  const { moments, passes } = await heard(size)
  expect(moments.map(({ text }) => text).join('')).toBe(` ${WORDS.join(' ')}`)
  expect(moments.at(-1)).toMatchObject({ pending: '', duration: WORDS.length * SAYS })
  const words = moments.flatMap(({ words }) => words)
  for (const [i, { start, end }] of words.entries()) {
    expect(start).toBeCloseTo(i * SAYS, 1)
    expect(end).toBeCloseTo((i + 1) * SAYS, 1)
  }
  // Certain words are not heard again.
  expect(Math.max(...passes)).toBeLessThan(20)
})

test('an early end closes the sound', async () => {
  let isClosed = false
  const endless = (async function* () {
    try {
      for (;;) yield new Float32Array(16000).fill(1)
    } finally {
      isClosed = true
    }
  })()
  for await (const { duration } of live(endless, listener().hear)) if (duration > 3) break
  expect(isClosed).toBe(true)
})

test('an error of the sound, and of hearing, comes out', async () => {
  const broken = (async function* () {
    yield new Float32Array(20000)
    throw new Error('unplugged')
  })()
  const all = async () => {
    for await (const _ of live(broken, async () => ({ segments: [] })));
  }
  await expect(all()).rejects.toThrow('unplugged')
})
