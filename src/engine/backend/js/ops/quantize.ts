import type { Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const quantize: Kernel<'quantize'> = ({ x, codebook, quantized, codes, errors, blocks }) => {
  const { width } = codebook
  const entries = codebook.rows / blocks
  for (let row = 0; row < x.rows; row++) {
    let error = 0
    for (let block = 0; block < blocks; block++) {
      const from = rowAt(x, row) + block * width
      let [best, least] = [0, Infinity]
      for (let e = 0; e < entries; e++) {
        const entry = rowAt(codebook, block * entries + e)
        let distance = 0
        for (let i = 0; i < width; i++) distance += (x.data[from + i] - codebook.data[entry + i]) ** 2
        if (distance < least) [best, least] = [e, distance]
      }
      codes.data[rowAt(codes, row) + block] = best
      const entry = rowAt(codebook, block * entries + best)
      const to = rowAt(quantized, row) + block * width
      for (let i = 0; i < width; i++) quantized.data[to + i] = codebook.data[entry + i]
      error += least
    }
    errors.data[rowAt(errors, row)] = error / x.width
  }
}

export const quantizeGradient: Kernel<'quantizeGradient'> = ({ x, quantized, dQuantized, dErrors, dx }) => {
  for (let row = 0; row < x.rows; row++) {
    const pull = (dErrors.data[rowAt(dErrors, row)] * 2) / x.width
    const [from, near, above, to] = [x, quantized, dQuantized, dx].map((matrix) => rowAt(matrix, row))
    for (let i = 0; i < x.width; i++)
      dx.data[to + i] = dQuantized.data[above + i] + pull * (x.data[from + i] - quantized.data[near + i])
  }
}
