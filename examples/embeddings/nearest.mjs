// The nearest passages by an index of hnswlib-node, for more of them than are compared one by one.
//
//   npm install glassformer hnswlib-node

import hnswlib from 'hnswlib-node'

/**
 * Makes an index of passages, and returns a function that finds the nearest to a question.
 * @param {import('glassformer/encoder').Encoder} encoder
 * @param {string[]} passages
 */
export async function indexOf(encoder, passages) {
  const index = new hnswlib.HierarchicalNSW('cosine', encoder.dimensions)
  index.initIndex(passages.length)
  let row = 0
  for await (const vector of encoder.embedEach(passages, { prompt: 'document' })) index.addPoint([...vector], row++)
  return async (question, count = 3) => {
    const vector = await encoder.embed(question, { prompt: 'query' })
    const { neighbors, distances } = index.searchKnn([...vector], Math.min(count, passages.length))
    return neighbors.map((at, i) => ({ passage: passages[at], distance: distances[i] }))
  }
}
