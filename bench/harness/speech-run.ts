import { openSound } from '#dist/sound/input/open-sound.js'

/** Seconds of one transcription, and its text. */
export interface SpeechRun {
  wall: number
  cpu: number
  text: string
}

/** Measures a transcription in this process, with its threads; the result is a line of JSON. */
export async function measured(work: () => Promise<string>): Promise<string> {
  const before = process.cpuUsage()
  const began = performance.now()
  const text = await work()
  const wall = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return JSON.stringify({ wall, cpu: (user + system) / 1e6, text } satisfies SpeechRun)
}

/** All samples of a file, at 16 kHz. */
export async function samplesOf(path: string): Promise<Float32Array> {
  const pieces: number[] = []
  for await (const piece of (await openSound(path)).samples()) for (const sample of piece) pieces.push(sample)
  return Float32Array.from(pieces)
}
