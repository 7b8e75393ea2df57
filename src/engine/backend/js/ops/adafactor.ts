import type { Matrix } from '../../interface/backend.ts'
import type { Kernel } from '../operands/kernel.ts'

export const adafactor: Kernel<'adafactor'> = ({ gradients, rates, parameters, rowMoments, columnMoments }) => {
  const [rate, fresh, least2, leastScale, clip, threshold, decay] = rates.data.subarray(rates.offset, rates.offset + 7)
  const { rows, width } = parameters
  updateMoments(gradients, rowMoments, columnMoments, { fresh, least2, clip })
  let mean = 0
  for (let r = 0; r < rows; r++) mean += rowMoments.data[rowMoments.offset + r * rowMoments.stride] / rows
  const byRow = new Float64Array(rows)
  const byColumn = new Float64Array(width)
  for (let r = 0; r < rows; r++)
    byRow[r] = clip * Math.sqrt(mean / rowMoments.data[rowMoments.offset + r * rowMoments.stride])
  for (let i = 0; i < width; i++) byColumn[i] = 1 / Math.sqrt(columnMoments.data[columnMoments.offset + i])
  let [updates, weights] = [0, 0]
  for (let r = 0; r < rows; r++) {
    const [g, w] = [gradients, parameters].map((m) => m.offset + r * m.stride)
    for (let i = 0; i < width; i++) {
      updates += (gradients.data[g + i] * byRow[r] * byColumn[i]) ** 2
      weights += parameters.data[w + i] ** 2
    }
  }
  const size = rows * width
  const step = rate * Math.max(leastScale, Math.sqrt(weights / size))
  const clipped = step / Math.max(1, Math.sqrt(updates / size) / threshold)
  for (let r = 0; r < rows; r++) {
    const [g, w] = [gradients, parameters].map((m) => m.offset + r * m.stride)
    for (let i = 0; i < width; i++) {
      const update = gradients.data[g + i] * byRow[r] * byColumn[i]
      parameters.data[w + i] -= clipped * update + step * decay * parameters.data[w + i]
      gradients.data[g + i] = 0
    }
  }
}

/** The moving means of clip² g² + ε₁ along rows and down columns. */
function updateMoments(
  gradients: Matrix,
  rowMoments: Matrix,
  columnMoments: Matrix,
  { fresh, least2, clip }: { fresh: number; least2: number; clip: number },
): void {
  const { rows, width } = gradients
  const columns = new Float64Array(width)
  for (let r = 0; r < rows; r++) {
    let row = 0
    for (let i = 0; i < width; i++) {
      const square = (gradients.data[gradients.offset + r * gradients.stride + i] * clip) ** 2
      row += square
      columns[i] += square
    }
    const at = rowMoments.offset + r * rowMoments.stride
    rowMoments.data[at] = (1 - fresh) * rowMoments.data[at] + fresh * (row / width + least2)
  }
  for (let i = 0; i < width; i++) {
    const at = columnMoments.offset + i
    columnMoments.data[at] = (1 - fresh) * columnMoments.data[at] + fresh * (columns[i] / rows + least2)
  }
}
