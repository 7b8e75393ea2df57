import { addAffineWeightGradient } from '../functions/affine.ts'
import type { Kernel } from '../operands/kernel.ts'

export const linearWeightGradient: Kernel<'linearWeightGradient'> = addAffineWeightGradient
