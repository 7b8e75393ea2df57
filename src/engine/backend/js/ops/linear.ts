import type { Matrix } from '../../backend.ts'
import { activationFunctions } from '../activation-functions.ts'
import type { Call, Kernel } from '../kernel.ts'
import { shiftedProduct } from '../shifted-product.ts'

export const linear: Kernel<'linear'> = (call) => {
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
