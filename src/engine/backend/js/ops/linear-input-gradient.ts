import type { Matrix } from '../../backend.ts'
import { clear } from '../clear.ts'
import type { Kernel } from '../kernel.ts'
import { factorOf } from '../products.ts'

/** Each input i reaches every output o by weight[o, i], so dx[i] = scale · Σ over o of dy[o] · weight[o, i]: dx = scale · dy W. */
export const linearInputGradient: Kernel<'linearInputGradient'> = ({ dy, weight, x, dx, scale, products }) => {
  clear(dx)
  products.addProduct(dx, factorOf(dy), weight, scale)
  if (x) clearWhereZero(dx, x)
}

/** Inputs that relu has set to 0 have no gradient. */
function clearWhereZero(dx: Matrix, x: Matrix): void {
  for (let row = 0; row < dx.rows; row++)
    for (let i = 0; i < dx.width; i++)
      if (x.data[x.offset + row * x.stride + i] === 0) dx.data[dx.offset + row * dx.stride + i] = 0
}
