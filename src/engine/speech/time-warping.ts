/** A path through a matrix, cell by cell. */
export interface WarpingPath {
  rows: Int32Array
  columns: Int32Array
}

/**
 * Dynamic time warping: the path of the least sum from the first to the last cell of `costs` [rows, columns], in steps to the next row, the next
 * column, or both; among equal sums the step of a column goes first (openai/whisper, timing.py, dtw_cpu).
 */
export function warped(costs: Float64Array, rows: number, columns: number): WarpingPath {
  const width = columns + 1
  const sums = new Float32Array((rows + 1) * width).fill(Infinity)
  const steps = new Uint8Array((rows + 1) * width)
  sums[0] = 0
  for (let j = 1; j <= columns; j++)
    for (let i = 1; i <= rows; i++) {
      const at = i * width + j
      const [both, row, column] = [sums[at - width - 1], sums[at - width], sums[at - 1]]
      const step = both < row && both < column ? BOTH : row < both && row < column ? ROW : COLUMN
      steps[at] = step
      sums[at] = costs[(i - 1) * columns + j - 1] + (step === BOTH ? both : step === ROW ? row : column)
    }
  return pathOf(steps, rows, columns)
}

const [BOTH, ROW, COLUMN] = [0, 1, 2]

function pathOf(steps: Uint8Array, rows: number, columns: number): WarpingPath {
  const path: [number, number][] = []
  for (let [i, j] = [rows, columns]; i > 0 || j > 0; ) {
    path.push([i - 1, j - 1])
    const step = i === 0 ? COLUMN : j === 0 ? ROW : steps[i * (columns + 1) + j]
    if (step !== COLUMN) i--
    if (step !== ROW) j--
  }
  path.reverse()
  return { rows: Int32Array.from(path, ([i]) => i), columns: Int32Array.from(path, ([, j]) => j) }
}
