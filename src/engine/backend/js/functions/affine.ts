import type { Matrix } from '../../interface/backend.ts'
import type { Call } from '../operands/kernel.ts'
import { clear } from '../operands/recurrence.ts'
import { factorOf, transposed } from '../products/products.ts'
import { shiftedProduct } from '../products/shifted-product.ts'
import { activationFunctions } from './activation-functions.ts'

/** y = activation(scale · x Wᵀ + bias) + residual. */
export function affine(call: Call<'linear'>): void {
  const { x, weight, bias, residual, out: y, activation, scale, products } = call
  const { packed } = weight
  if (packed?.encoding === 'int8' && packed.multipliers[0] !== 0) {
    // Its bias belongs to the product where nothing stands between them.
    shiftedProduct(x, packed, y, scale === 1 ? bias : null)
    if (scale !== 1 || activation !== 'none' || residual) epilogue(call, scale === 1 ? null : bias)
    return
  }
  products.multiply(x, weight, y)
  if (scale !== 1 || bias || activation !== 'none' || residual) epilogue(call, bias)
}

/** Each input i reaches every output o by weight[o, i], so dx[i] = scale · Σ over o of dy[o] · weight[o, i]: dx = scale · dy W. */
export function affineInputGradient({ dy, weight, dx, scale, products }: Omit<Call<'linearInputGradient'>, 'x'>): void {
  clear(dx)
  products.addProduct(dx, factorOf(dy), weight, scale)
}

export function addAffineWeightGradient({
  x,
  dy,
  dWeight,
  dBias,
  scale,
  products,
}: Call<'linearWeightGradient'>): void {
  // weight[o, i] multiplies x[i] for output o in every row: dW[o, i] += scale · Σ over rows of dy[o] · x[i].
  products.addProduct(dWeight, transposed(dy), x, scale)
  // The bias is added to every row: db += Σ over rows of dy.
  if (dBias) addColumnSums(dBias, dy)
}

/** y = activation(scale · y + bias) + residual, in place; each step is rounded to float32. */
function epilogue({ out: y, activation, residual, scale }: Call<'linear'>, bias: Matrix | null): void {
  const activate = activationFunctions[activation]
  const factor = Math.fround(scale)
  for (let row = 0; row < y.rows; row++) {
    const to = y.offset + row * y.stride
    if (scale !== 1) for (let i = 0; i < y.width; i++) y.data[to + i] *= factor
    if (bias) for (let i = 0; i < y.width; i++) y.data[to + i] += bias.data[bias.offset + i]
    if (activate) for (let i = 0; i < y.width; i++) y.data[to + i] = activate(y.data[to + i])
    if (!residual) continue
    const from = residual.offset + row * residual.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] += residual.data[from + i]
  }
}

function addColumnSums(into: Matrix, x: Matrix): void {
  for (let row = 0; row < x.rows; row++)
    for (let i = 0; i < x.width; i++) into.data[into.offset + i] += x.data[x.offset + row * x.stride + i]
}
