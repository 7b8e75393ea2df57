import type { Check, Kernel } from '../backend.ts'
import { activationKernel } from './activation.ts'
import { activationGradientKernel } from './activation-gradient.ts'
import { addKernel } from './add.ts'
import { attentionKernel, cachedAttentionKernel, checkAttention, checkCachedAttention } from './attention.ts'
import { attentionGradientKernel, checkAttentionGradient } from './attention-gradient.ts'
import {
  averageGradientKernel,
  averageKernel,
  averageStepKernel,
  checkAverage,
  checkAverageGradient,
  checkAverageStep,
} from './average.ts'
import { candidatesKernel, checkCandidates } from './candidates.ts'
import { checkCrossEntropy, crossEntropyGradientKernel, crossEntropyKernel } from './cross-entropy.ts'
import { checkDistillation, distillationGradientKernel, distillationKernel } from './distillation.ts'
import { dropoutKernel } from './dropout.ts'
import { checkEmbed, embedKernel } from './embed.ts'
import { checkEmbedGradient, embedGradientKernel } from './embed-gradient.ts'
import { gatedActivationGradientKernel, gatedActivationKernel } from './gated-activation.ts'
import { gatedSumGradientKernel, gatedSumKernel } from './gated-sum.ts'
import { headOffKernel } from './head-off.ts'
import { linearKernel } from './linear.ts'
import { linearInputGradientKernel, linearWeightGradientKernel } from './linear-gradient.ts'
import { checkListedCandidates, listedCandidatesKernel } from './listed-candidates.ts'
import { layerNormKernel, rmsNormKernel } from './norm.ts'
import { layerNormGradientKernel, normWeightGradientKernel, rmsNormGradientKernel } from './norm-gradient.ts'
import { adamKernel, sumOfSquaresKernel } from './optimizer.ts'
import { adafactorKernel } from './optimizer-adafactor.ts'
import { checkTokenLogProbability, logSoftmaxKernel, softmaxKernel, tokenLogProbabilityKernel } from './softmax.ts'
import {
  logSoftmaxGradientKernel,
  softmaxGradientKernel,
  tokenLogProbabilityGradientKernel,
} from './softmax-gradient.ts'
import { checkSsru, checkSsruGradient, checkSsruStep, ssruGradientKernel, ssruKernel, ssruStepKernel } from './ssru.ts'
import { checkWriteCache, writeCacheKernel } from './write-cache.ts'

/** How JavaScript plays an op. */
export interface JsOp {
  kernel: Kernel
  /** Checks ids and spans before a program is played. */
  check?: Check
}

/** Every op of the op table by its name; native/ has the same names. */
export const kernels: Readonly<Record<string, JsOp>> = {
  activation: { kernel: activationKernel },
  activationGradient: { kernel: activationGradientKernel },
  adafactor: { kernel: adafactorKernel },
  adam: { kernel: adamKernel },
  add: { kernel: addKernel },
  writeCache: { kernel: writeCacheKernel, check: checkWriteCache },
  attention: { kernel: attentionKernel, check: checkAttention },
  attentionGradient: { kernel: attentionGradientKernel, check: checkAttentionGradient },
  average: { kernel: averageKernel, check: checkAverage },
  averageGradient: { kernel: averageGradientKernel, check: checkAverageGradient },
  averageStep: { kernel: averageStepKernel, check: checkAverageStep },
  cachedAttention: { kernel: cachedAttentionKernel, check: checkCachedAttention },
  candidates: { kernel: candidatesKernel, check: checkCandidates },
  crossEntropy: { kernel: crossEntropyKernel, check: checkCrossEntropy },
  crossEntropyGradient: { kernel: crossEntropyGradientKernel, check: checkCrossEntropy },
  distillation: { kernel: distillationKernel, check: checkDistillation },
  distillationGradient: { kernel: distillationGradientKernel, check: checkDistillation },
  dropout: { kernel: dropoutKernel },
  embed: { kernel: embedKernel, check: checkEmbed },
  embedGradient: { kernel: embedGradientKernel, check: checkEmbedGradient },
  gatedActivation: { kernel: gatedActivationKernel },
  gatedActivationGradient: { kernel: gatedActivationGradientKernel },
  gatedSum: { kernel: gatedSumKernel },
  gatedSumGradient: { kernel: gatedSumGradientKernel },
  headOff: { kernel: headOffKernel },
  layerNorm: { kernel: layerNormKernel },
  layerNormGradient: { kernel: layerNormGradientKernel },
  linear: { kernel: linearKernel },
  linearInputGradient: { kernel: linearInputGradientKernel },
  linearWeightGradient: { kernel: linearWeightGradientKernel },
  listedCandidates: { kernel: listedCandidatesKernel, check: checkListedCandidates },
  logSoftmax: { kernel: logSoftmaxKernel },
  logSoftmaxGradient: { kernel: logSoftmaxGradientKernel },
  normWeightGradient: { kernel: normWeightGradientKernel },
  rmsNorm: { kernel: rmsNormKernel },
  rmsNormGradient: { kernel: rmsNormGradientKernel },
  softmax: { kernel: softmaxKernel },
  softmaxGradient: { kernel: softmaxGradientKernel },
  ssru: { kernel: ssruKernel, check: checkSsru },
  ssruGradient: { kernel: ssruGradientKernel, check: checkSsruGradient },
  ssruStep: { kernel: ssruStepKernel, check: checkSsruStep },
  sumOfSquares: { kernel: sumOfSquaresKernel },
  tokenLogProbability: { kernel: tokenLogProbabilityKernel, check: checkTokenLogProbability },
  tokenLogProbabilityGradient: { kernel: tokenLogProbabilityGradientKernel, check: checkTokenLogProbability },
}
