import type { Encoder } from '../encode/encoder.ts'
import { normalized } from '../encode/worker/pooled.ts'
import type { PoolTranslator } from '../translate/calls/index.ts'
import type { SideVectors } from './vector-costs.ts'

/** What makes vectors of the sentences of either language. */
export interface SentenceVectors {
  /** Vectors of length 1. */
  source(sentences: readonly string[]): Promise<Float32Array[]>
  target(sentences: readonly string[]): Promise<Float32Array[]>
}

/** The vectors of an encoder that knows both languages. */
export function vectorsOfEncoder(encoder: Encoder): SentenceVectors {
  const vectors = async (sentences: readonly string[]) =>
    // A prompt says what a text is for; sentences that say the same are alike.
    sentences.length ? await encoder.embed(sentences, { normalize: true, prompt: '' }) : []
  return { source: vectors, target: vectors }
}

/**
 * The means of the states of a translation model's own encoder, less the mean of all. The target is translated back by another model: the encoder
 * knows the language of the sources alone.
 */
export function vectorsOfTranslator(translator: PoolTranslator, back: PoolTranslator): SentenceVectors {
  const means = async (sentences: readonly string[]) =>
    sentences.length ? centred((await translator.encode(sentences)).map(({ mean }) => mean)) : []
  return {
    source: means,
    async target(sentences) {
      const translations = await back.translate(sentences)
      return means(translations.map(({ text }) => text))
    },
  }
}

/** The vectors of sentences and of every two neighbours. */
export async function sideVectors(
  sentences: readonly string[],
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
): Promise<SideVectors> {
  const pairs = sentences.slice(1).map((next, i) => `${sentences[i]} ${next}`)
  const all = await embed([...sentences, ...pairs])
  return { singles: all.slice(0, sentences.length), pairs: all.slice(sentences.length) }
}

function centred(vectors: readonly Float32Array[]): Float32Array[] {
  const mean = new Float64Array(vectors[0].length)
  for (const vector of vectors) vector.forEach((value, c) => (mean[c] += value / vectors.length))
  return vectors.map((vector) => normalized(vector.map((value, c) => value - mean[c])))
}
