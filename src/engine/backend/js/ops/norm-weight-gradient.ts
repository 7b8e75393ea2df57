import type { Kernel } from '../operands/kernel.ts'

export const normWeightGradient: Kernel<'normWeightGradient'> = ({ x, statistics, dy, dGamma, dBeta }) => {
  for (let row = 0; row < x.rows; row++) {
    const from = x.offset + row * x.stride
    const by = dy.offset + row * dy.stride
    const mean = statistics.data[statistics.offset + row * statistics.stride]
    const scale = statistics.data[statistics.offset + row * statistics.stride + 1]
    for (let i = 0; i < x.width; i++) {
      // y = n · gamma + beta with n = (x − mean) · scale: gamma gathers dy · n, beta gathers dy.
      dGamma.data[dGamma.offset + i] += dy.data[by + i] * (x.data[from + i] - mean) * scale
      if (dBeta) dBeta.data[dBeta.offset + i] += dy.data[by + i]
    }
  }
}
