import type { Matrix } from '../../interface/backend.ts'
import { addAffineWeightGradient, affine, affineInputGradient } from '../functions/affine.ts'
import type { Kernel } from '../operands/kernel.ts'

export const linear: Kernel<'linear'> = affine

export const linearInputGradient: Kernel<'linearInputGradient'> = ({ x, ...call }) => {
  affineInputGradient(call)
  if (x) clearWhereZero(call.dx, x)
}

/** Inputs that relu has set to 0 have no gradient. */
function clearWhereZero(dx: Matrix, x: Matrix): void {
  for (let row = 0; row < dx.rows; row++)
    for (let i = 0; i < dx.width; i++)
      if (x.data[x.offset + row * x.stride + i] === 0) dx.data[dx.offset + row * dx.stride + i] = 0
}

export const linearWeightGradient: Kernel<'linearWeightGradient'> = addAffineWeightGradient
