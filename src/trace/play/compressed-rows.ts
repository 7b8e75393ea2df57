/**
 * A row of compressed memory stands at its last token in a trace: row 0 at the first token, row c at the last of block c. Other tokens have no row.
 */
export const tokenOfRow = (row: number, factor: number): number => (row ? row * factor - 1 : 0)

/** Rows of compressed memory [rows, width] at their tokens → [tokens, width], with zeros where a token has no row. */
export function atTokens(values: Float32Array, width: number, tokens: number, factor: number): Float32Array {
  const spread = new Float32Array(tokens * width)
  for (let row = 0; row * width < values.length; row++)
    spread.set(values.subarray(row * width, (row + 1) * width), tokenOfRow(row, factor) * width)
  return spread
}

/** Weights of tokens and rows of memory [tokens · rows, heads] → [tokens · tokens, heads], with zeros where a token has no row. */
export function weightsAtTokens(values: Float32Array, heads: number, tokens: number, factor: number): Float32Array {
  const all = new Float32Array(tokens * tokens * heads)
  const rows = values.length / (tokens * heads)
  for (let i = 0; i < tokens; i++) {
    const own = values.subarray(i * rows * heads, (i + 1) * rows * heads)
    all.set(atTokens(own, heads, tokens, factor), i * tokens * heads)
  }
  return all
}

/** Whether token `query` sees a row of memory at token `key`: the first token, or the last of a block before its own. */
export function seesRow(query: number, key: number, factor: number): boolean {
  if (key === 0) return true
  return (key + 1) % factor === 0 && (key + 1) / factor <= Math.floor(query / factor)
}
