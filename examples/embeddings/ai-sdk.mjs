// An encoder as an embedding model of the AI SDK (@ai-sdk/provider, version 2 of the specification).
//
//   npm install glassformer ai
//   import { embed, embedMany } from 'ai'
//   await embed({ model: embeddingModel(await Encoder.load('./all-MiniLM-L6-v2')), value: 'Where is the station?' })

/** @param {import('glassformer/encoder').Encoder} encoder */
export const embeddingModel = (encoder) => ({
  specificationVersion: 'v2',
  provider: 'glassformer',
  modelId: encoder.model.path,
  // Texts of a call are cut into batches here: there is no limit.
  maxEmbeddingsPerCall: Infinity,
  supportsParallelCalls: true,
  async doEmbed({ values, abortSignal }) {
    const { vectors, tokens } = await encoder.embedCounted(values, { ...(abortSignal && { signal: abortSignal }) })
    return { embeddings: vectors.map((vector) => Array.from(vector)), usage: { tokens } }
  },
})
