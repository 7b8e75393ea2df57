import { attention } from './attention.ts'
import { encode } from './encode.ts'
import { gemm } from './gemm.ts'
import { layerNorm } from './layer-norm.ts'
import type { Question } from './question.ts'
import { softmax } from './softmax.ts'
import { step } from './step.ts'
import { translate } from './translate.ts'

/** Every question by its name. */
export const questions: Readonly<Record<Question['name'], Question>> = {
  gemm,
  softmax,
  'layer-norm': layerNorm,
  attention,
  encode,
  step,
  translate,
}
