import { describe, expect, it } from 'vitest'
import { seekAdvance } from '#dist/use/transcribe/sequential.js'

/** A window of 30 seconds whose transcript ends in a single time, at 12 seconds. */
const heard = { segments: [{ start: 0, end: 12, tokens: [] }], endsInTime: true, advance: 3000 } as never
const stretch = { samples: new Float32Array(480_000), skip: 0, frames: 3000 }
/** Options with the temperatures that are tried by default. */
const options = { temperature: [0, 0.2, 0.4], vadThreshold: 0.5 } as never

/** A detector for which so many frames of 512 samples are speech. */
const finding = (frames: number) => ({
  asked: 0,
  async speech(samples: Float32Array) {
    this.asked = samples.length
    return new Float32Array(Math.ceil(samples.length / 512)).fill(1, 0, frames)
  },
})

describe('after a transcript that ends in a single time', () => {
  it('speech of a second is heard: the next window begins at that time', async () => {
    const ear = finding(32)
    expect(await seekAdvance(heard, stretch, ear, options)).toBe(1200)
    expect(ear.asked).toBe(18 * 16_000)
  })

  it('less speech is skipped, as OpenAI skips it', async () => {
    expect(await seekAdvance(heard, stretch, finding(31), options)).toBe(3000)
  })

  it('OpenAI’s rule holds alone with one temperature, and where a segment is left open', async () => {
    const ear = finding(400)
    expect(await seekAdvance(heard, stretch, ear, { temperature: 0, vadThreshold: 0.5 } as never)).toBe(3000)
    expect(await seekAdvance({ ...(heard as object), endsInTime: false } as never, stretch, ear, options)).toBe(3000)
    expect(ear.asked).toBe(0)
  })
})
