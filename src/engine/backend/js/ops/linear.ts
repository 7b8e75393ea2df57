import { affine } from '../functions/affine.ts'
import type { Kernel } from '../operands/kernel.ts'

export const linear: Kernel<'linear'> = affine
