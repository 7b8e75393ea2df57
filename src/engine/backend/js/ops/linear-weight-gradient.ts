import type { Matrix } from '../../backend.ts'
import type { Kernel } from '../kernel.ts'
import { transposed } from '../products.ts'

export const linearWeightGradient: Kernel<'linearWeightGradient'> = ({ x, dy, dWeight, dBias, scale, products }) => {
  // weight[o, i] multiplies x[i] for output o in every row: dW[o, i] += scale · Σ over rows of dy[o] · x[i].
  products.addProduct(dWeight, transposed(dy), x, scale)
  // The bias is added to every row: db += Σ over rows of dy.
  if (dBias) addColumnSums(dBias, dy)
}

function addColumnSums(into: Matrix, x: Matrix): void {
  for (let row = 0; row < x.rows; row++)
    for (let i = 0; i < x.width; i++) into.data[into.offset + i] += x.data[x.offset + row * x.stride + i]
}
