// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.

import type { JsOps } from './operands/kernel.ts'
import { activation, activationGradient } from './ops/activation.ts'
import { adafactor } from './ops/adafactor.ts'
import { adam } from './ops/adam.ts'
import { add } from './ops/add.ts'
import { attention, attentionGradient, checkAttention, checkAttentionGradient } from './ops/attention.ts'
import { average, averageGradient, checkAverage, checkAverageGradient } from './ops/average.ts'
import { averageStep, checkAverageStep } from './ops/average-step.ts'
import { balance, balanceGradient } from './ops/balance.ts'
import { cachedAttention, checkCachedAttention } from './ops/cached-attention.ts'
import { candidates, checkCandidates } from './ops/candidates.ts'
import {
  checkCrossEntropy,
  checkCrossEntropyGradient,
  crossEntropy,
  crossEntropyGradient,
} from './ops/cross-entropy.ts'
import { checkDepthwise, checkDepthwiseGradient, depthwise, depthwiseGradient } from './ops/depthwise.ts'
import { checkDepthwiseStep, depthwiseStep } from './ops/depthwise-step.ts'
import { checkDisentangledAttention, disentangledAttention } from './ops/disentangled-attention.ts'
import { checkDistillation, checkDistillationGradient, distillation, distillationGradient } from './ops/distillation.ts'
import { dropout } from './ops/dropout.ts'
import { checkEmbed, checkEmbedGradient, embed, embedGradient } from './ops/embed.ts'
import { checkFold, fold } from './ops/fold.ts'
import { gatedActivation, gatedActivationGradient } from './ops/gated-activation.ts'
import { gatedSum, gatedSumGradient } from './ops/gated-sum.ts'
import { gates, gatesGradient } from './ops/gates.ts'
import { headOff } from './ops/head-off.ts'
import { layerNorm, layerNormGradient } from './ops/layer-norm.ts'
import { linear, linearInputGradient, linearWeightGradient } from './ops/linear.ts'
import { checkListedCandidates, listedCandidates } from './ops/listed-candidates.ts'
import { logSoftmax, logSoftmaxGradient } from './ops/log-softmax.ts'
import { checkLowRank, lowRank } from './ops/low-rank.ts'
import { mixture, mixtureGradient } from './ops/mixture.ts'
import { checkMoveCodebook, moveCodebook } from './ops/move-codebook.ts'
import { normWeightGradient } from './ops/norm-weight-gradient.ts'
import { quantize, quantizeGradient } from './ops/quantize.ts'
import { checkRangedCandidates, rangedCandidates } from './ops/ranged-candidates.ts'
import { rmsNorm, rmsNormGradient } from './ops/rms-norm.ts'
import { checkRotate, rotate } from './ops/rotate.ts'
import { checkRouterLoss, checkRouterLossGradient, routerLoss, routerLossGradient } from './ops/router-loss.ts'
import { semanticHash, semanticHashGradient } from './ops/semantic-hash.ts'
import {
  checkSideAttention,
  checkSideAttentionGradient,
  sideAttention,
  sideAttentionGradient,
} from './ops/side-attention.ts'
import { softmax, softmaxGradient } from './ops/softmax.ts'
import { checkSsru, checkSsruGradient, ssru, ssruGradient } from './ops/ssru.ts'
import { checkSsruStep, ssruStep } from './ops/ssru-step.ts'
import { sumOfSquares } from './ops/sum-of-squares.ts'
import {
  checkTokenLogProbability,
  tokenLogProbability,
  tokenLogProbabilityGradient,
} from './ops/token-log-probability.ts'
import { checkWindows, windows } from './ops/windows.ts'
import { checkWriteCache, writeCache } from './ops/write-cache.ts'

/** Every op of the op table by its name; native/ has the same names. */
export const kernels: JsOps = {
  activation: { kernel: activation },
  activationGradient: { kernel: activationGradient },
  adafactor: { kernel: adafactor },
  adam: { kernel: adam },
  add: { kernel: add },
  attention: { kernel: attention, check: checkAttention },
  attentionGradient: { kernel: attentionGradient, check: checkAttentionGradient },
  average: { kernel: average, check: checkAverage },
  averageGradient: { kernel: averageGradient, check: checkAverageGradient },
  averageStep: { kernel: averageStep, check: checkAverageStep },
  balance: { kernel: balance },
  balanceGradient: { kernel: balanceGradient },
  cachedAttention: { kernel: cachedAttention, check: checkCachedAttention },
  candidates: { kernel: candidates, check: checkCandidates },
  crossEntropy: { kernel: crossEntropy, check: checkCrossEntropy },
  crossEntropyGradient: { kernel: crossEntropyGradient, check: checkCrossEntropyGradient },
  depthwise: { kernel: depthwise, check: checkDepthwise },
  depthwiseGradient: { kernel: depthwiseGradient, check: checkDepthwiseGradient },
  depthwiseStep: { kernel: depthwiseStep, check: checkDepthwiseStep },
  disentangledAttention: { kernel: disentangledAttention, check: checkDisentangledAttention },
  distillation: { kernel: distillation, check: checkDistillation },
  distillationGradient: { kernel: distillationGradient, check: checkDistillationGradient },
  dropout: { kernel: dropout },
  embed: { kernel: embed, check: checkEmbed },
  embedGradient: { kernel: embedGradient, check: checkEmbedGradient },
  fold: { kernel: fold, check: checkFold },
  gatedActivation: { kernel: gatedActivation },
  gatedActivationGradient: { kernel: gatedActivationGradient },
  gatedSum: { kernel: gatedSum },
  gatedSumGradient: { kernel: gatedSumGradient },
  gates: { kernel: gates },
  gatesGradient: { kernel: gatesGradient },
  headOff: { kernel: headOff },
  layerNorm: { kernel: layerNorm },
  layerNormGradient: { kernel: layerNormGradient },
  linear: { kernel: linear },
  linearInputGradient: { kernel: linearInputGradient },
  linearWeightGradient: { kernel: linearWeightGradient },
  listedCandidates: { kernel: listedCandidates, check: checkListedCandidates },
  logSoftmax: { kernel: logSoftmax },
  logSoftmaxGradient: { kernel: logSoftmaxGradient },
  lowRank: { kernel: lowRank, check: checkLowRank },
  mixture: { kernel: mixture },
  mixtureGradient: { kernel: mixtureGradient },
  moveCodebook: { kernel: moveCodebook, check: checkMoveCodebook },
  normWeightGradient: { kernel: normWeightGradient },
  quantize: { kernel: quantize },
  quantizeGradient: { kernel: quantizeGradient },
  rangedCandidates: { kernel: rangedCandidates, check: checkRangedCandidates },
  rmsNorm: { kernel: rmsNorm },
  rmsNormGradient: { kernel: rmsNormGradient },
  rotate: { kernel: rotate, check: checkRotate },
  routerLoss: { kernel: routerLoss, check: checkRouterLoss },
  routerLossGradient: { kernel: routerLossGradient, check: checkRouterLossGradient },
  semanticHash: { kernel: semanticHash },
  semanticHashGradient: { kernel: semanticHashGradient },
  sideAttention: { kernel: sideAttention, check: checkSideAttention },
  sideAttentionGradient: { kernel: sideAttentionGradient, check: checkSideAttentionGradient },
  softmax: { kernel: softmax },
  softmaxGradient: { kernel: softmaxGradient },
  ssru: { kernel: ssru, check: checkSsru },
  ssruGradient: { kernel: ssruGradient, check: checkSsruGradient },
  ssruStep: { kernel: ssruStep, check: checkSsruStep },
  sumOfSquares: { kernel: sumOfSquares },
  tokenLogProbability: { kernel: tokenLogProbability, check: checkTokenLogProbability },
  tokenLogProbabilityGradient: { kernel: tokenLogProbabilityGradient },
  windows: { kernel: windows, check: checkWindows },
  writeCache: { kernel: writeCache, check: checkWriteCache },
}
