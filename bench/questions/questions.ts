import type { Opening, Question } from '../harness/question.ts'
import { attention } from './attention.ts'
import { openBergamot } from './bergamot.ts'
import { openCTranslate2 } from './ctranslate2.ts'
import { openDrafts } from './drafts.ts'
import { encode } from './encode.ts'
import { openEncoder } from './encoder.ts'
import { experts } from './experts.ts'
import { gemm } from './gemm.ts'
import { openGlossary } from './glossary.ts'
import { openHub } from './hub.ts'
import { openInt4 } from './int4.ts'
import { openKernels } from './kernels.ts'
import { layerNorm } from './layer-norm.ts'
import { openLimit } from './limit.ts'
import { openMarian } from './marian.ts'
import { openProducts } from './products.ts'
import { openRough } from './rough.ts'
import { openScaling } from './scaling.ts'
import { openScheduling } from './scheduling.ts'
import { openServing } from './serving.ts'
import { openShortlist } from './shortlist.ts'
import { openSlimt } from './slimt.ts'
import { softmax } from './softmax.ts'
import { openSpeech } from './speech.ts'
import { openStart } from './start.ts'
import { step } from './step.ts'
import { openTransformersJs } from './transformers-js.ts'
import { translate } from './translate.ts'
import { openWasm } from './wasm.ts'

/** Every question by its name. */
export const questions: Readonly<Record<Question['name'], Opening>> = {
  gemm: () => gemm,
  kernels: openKernels,
  softmax: () => softmax,
  experts: () => experts,
  'layer-norm': () => layerNorm,
  attention: () => attention,
  encode: () => encode,
  step: () => step,
  translate: () => translate,
  shortlist: openShortlist,
  limit: openLimit,
  products: openProducts,
  ctranslate2: openCTranslate2,
  hub: openHub,
  int4: openInt4,
  'transformers-js': openTransformersJs,
  wasm: openWasm,
  marian: openMarian,
  bergamot: openBergamot,
  slimt: openSlimt,
  rough: openRough,
  glossary: openGlossary,
  drafts: openDrafts,
  scaling: openScaling,
  scheduling: openScheduling,
  serving: openServing,
  start: openStart,
  speech: openSpeech,
  encoder: openEncoder,
}
