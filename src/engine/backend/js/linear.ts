import type { Kernel, Matrix } from '../backend.ts'
import { activationFunctions } from './activation.ts'
import { multiplyInt8 } from './int8-product.ts'
import { multiplyPanels } from './panel-product.ts'
import { multiply } from './product.ts'
import { shiftedProduct } from './shifted-product.ts'

export const linearKernel: Kernel = ([x, weight, bias, residual], [y], [activation, scale]) => {
  const { packed } = weight!
  if (packed?.encoding === 'int8' && packed.multipliers[0] !== 0) {
    // Its bias belongs to the product where nothing stands between them.
    shiftedProduct(x!, packed, y, scale === 1 ? bias : null)
    if (scale !== 1 || activation || residual)
      epilogue(y, scale === 1 ? null : bias, residual, activation, Math.fround(scale))
    return
  }
  if (packed?.encoding === 'int8') multiplyInt8(x!, packed, y)
  else if (packed) multiplyPanels(x!, packed, y)
  else multiply(x!, weight!, y)
  if (scale !== 1 || bias || activation || residual) epilogue(y, bias, residual, activation, Math.fround(scale))
}

/** y = activation(scale · y + bias) + residual, in place; each step is rounded to float32. */
function epilogue(y: Matrix, bias: Matrix | null, residual: Matrix | null, activation: number, scale: number): void {
  const activate = activationFunctions[activation]
  for (let row = 0; row < y.rows; row++) {
    const to = y.offset + row * y.stride
    if (scale !== 1) for (let i = 0; i < y.width; i++) y.data[to + i] *= scale
    if (bias) for (let i = 0; i < y.width; i++) y.data[to + i] += bias.data[bias.offset + i]
    if (activate) for (let i = 0; i < y.width; i++) y.data[to + i] = activate(y.data[to + i])
    if (!residual) continue
    const from = residual.offset + row * residual.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] += residual.data[from + i]
  }
}
