import { attention } from './attention.ts'
import { encode } from './encode.ts'
import { gemm } from './gemm.ts'
import { layerNorm } from './layer-norm.ts'
import type { Question } from './question.ts'
import { softmax } from './softmax.ts'
import { step } from './step.ts'
import { translate } from './translate.ts'

/** Every question, in the order in which they are measured. */
export const questions: readonly Question[] = [gemm, softmax, layerNorm, attention, encode, step, translate]
