import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { Generator } from '#dist/engine/decode/generator.js'
import { speechIds } from '#dist/engine/model/speech-ids.js'
import { type HeardWindow, type WindowSettings, WindowTranscriber } from '#dist/engine/speech/index.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import type { Tokenizer } from '#dist/language/text/tokenizer/tokenizer.js'
import { LogMel, melPeak, normalizeMel } from '#dist/sound/signal/log-mel.js'

/** The samples of a WAV file of 16 bits. */
export function samplesOf(path: string, count = Number.POSITIVE_INFINITY): Float32Array {
  const file = readFileSync(path)
  const at = file.indexOf('data', 0, 'latin1') + 8
  const samples = new Float32Array(Math.min(count, file.readUInt32LE(at - 4) / 2))
  for (let i = 0; i < samples.length; i++) samples[i] = file.readInt16LE(at + 2 * i) / 32768
  return samples
}

/** The first `length` samples, and zeros. */
export function padded(samples: Float32Array, length: number): Float32Array {
  const all = new Float32Array(length)
  all.set(samples.subarray(0, length))
  return all
}

/** The features [frames, mels] of a whole sound, whose end is reflected. */
export function featuresOf(samples: Float32Array, mels: number): Float32Array {
  const stream = new LogMel(mels)
  const all = Float32Array.from([...stream.push(samples), ...stream.end()])
  return normalizeMel(all, melPeak(all))
}

/** A model that hears on the calling thread. */
export class Hearer {
  readonly model
  readonly ids
  readonly tokenizer: Tokenizer
  readonly #generator: Generator
  readonly #hearing: WindowTranscriber

  constructor(folder: string, player: Player) {
    this.model = loadFolder(folder, { precision: 'float32' })
    this.ids = speechIds(this.model.config)
    this.tokenizer = createTokenizer(this.model.tokenizer)!
    this.#generator = new Generator(player, this.model.weights, { batchTokens: 1 << 20 })
    this.#hearing = new WindowTranscriber(this.model.config, {
      compressionRatio: (ids) => {
        const bytes = Buffer.from(this.tokenizer.decode(ids).trim())
        return bytes.length ? bytes.length / deflateSync(bytes).length : 0
      },
    })
  }

  /** Frames of the model's window. */
  get window(): number {
    return 2 * this.model.config.sound!.positions
  }

  settings(given: Partial<WindowSettings> & { beams?: number; maxTokens?: number } = {}): WindowSettings {
    const { beams = 1, maxTokens = this.model.config.maxLength >> 1, ...own } = given
    const ranking = own.ranking === undefined ? { patience: 1, lengthPenalty: null } : own.ranking
    const renormalize = ranking !== null
    return {
      language: 'fr',
      task: 'transcribe',
      times: 'rule',
      latestFirst: 50,
      previous: [],
      prefix: [],
      temperatures: [0],
      bestOf: 5,
      thresholds: { compressionRatio: null, logProbability: null, noSpeech: null },
      words: false,
      ...own,
      ranking,
      options: { ...this.model.generation, loops: 'keep', renormalize, beams, maxTokens },
    }
  }

  /** Hears windows side by side. A window is as many frames as the model has, after which there are zeros. */
  hear(windows: readonly { features: Float32Array; settings: WindowSettings }[]): HeardWindow[] {
    const { mels } = this.model.config.sound!
    const heard: HeardWindow[] = []
    windows.forEach(({ features: given, settings }, i) => {
      const features = padded(given, this.window * mels)
      const frames = Math.min(this.window, given.length / mels)
      const done = (found: HeardWindow) => {
        heard[i] = found
      }
      this.#generator.add(this.#hearing.sentence({ features, frames, settings, done }, { request: i }))
    })
    while (this.#generator.busy) this.#generator.step()
    return heard
  }
}
