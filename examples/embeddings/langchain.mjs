// An encoder as LangChain's Embeddings, for its vector stores and retrievers.
//
//   npm install glassformer @langchain/core
//   const store = new MemoryVectorStore(new GlassformerEmbeddings(await Encoder.load('./all-MiniLM-L6-v2')))

import { Embeddings } from '@langchain/core/embeddings'

export class GlassformerEmbeddings extends Embeddings {
  #encoder

  /** @param {import('glassformer/encoder').Encoder} encoder */
  constructor(encoder, parameters = {}) {
    super(parameters)
    this.#encoder = encoder
  }

  async embedDocuments(texts) {
    const vectors = await this.caller.call(() => this.#encoder.embed(texts, { prompt: 'document' }))
    return vectors.map((vector) => Array.from(vector))
  }

  async embedQuery(text) {
    return Array.from(await this.caller.call(() => this.#encoder.embed(text, { prompt: 'query' })))
  }
}
