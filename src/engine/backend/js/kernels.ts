// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.

import type { JsOps } from './operands/kernel.ts'
import { activation } from './ops/activation.ts'
import { activationGradient } from './ops/activation-gradient.ts'
import { adafactor } from './ops/adafactor.ts'
import { adam } from './ops/adam.ts'
import { add } from './ops/add.ts'
import { attention, checkAttention } from './ops/attention.ts'
import { attentionGradient, checkAttentionGradient } from './ops/attention-gradient.ts'
import { average, checkAverage } from './ops/average.ts'
import { averageGradient, checkAverageGradient } from './ops/average-gradient.ts'
import { averageStep, checkAverageStep } from './ops/average-step.ts'
import { balance } from './ops/balance.ts'
import { balanceGradient } from './ops/balance-gradient.ts'
import { cachedAttention, checkCachedAttention } from './ops/cached-attention.ts'
import { candidates, checkCandidates } from './ops/candidates.ts'
import { checkCrossEntropy, crossEntropy } from './ops/cross-entropy.ts'
import { checkCrossEntropyGradient, crossEntropyGradient } from './ops/cross-entropy-gradient.ts'
import { checkDepthwise, depthwise } from './ops/depthwise.ts'
import { checkDepthwiseGradient, depthwiseGradient } from './ops/depthwise-gradient.ts'
import { checkDepthwiseStep, depthwiseStep } from './ops/depthwise-step.ts'
import { checkDistillation, distillation } from './ops/distillation.ts'
import { checkDistillationGradient, distillationGradient } from './ops/distillation-gradient.ts'
import { dropout } from './ops/dropout.ts'
import { checkEmbed, embed } from './ops/embed.ts'
import { checkEmbedGradient, embedGradient } from './ops/embed-gradient.ts'
import { checkFold, fold } from './ops/fold.ts'
import { gatedActivation } from './ops/gated-activation.ts'
import { gatedActivationGradient } from './ops/gated-activation-gradient.ts'
import { gatedSum } from './ops/gated-sum.ts'
import { gatedSumGradient } from './ops/gated-sum-gradient.ts'
import { gates } from './ops/gates.ts'
import { gatesGradient } from './ops/gates-gradient.ts'
import { headOff } from './ops/head-off.ts'
import { layerNorm } from './ops/layer-norm.ts'
import { layerNormGradient } from './ops/layer-norm-gradient.ts'
import { linear } from './ops/linear.ts'
import { linearInputGradient } from './ops/linear-input-gradient.ts'
import { linearWeightGradient } from './ops/linear-weight-gradient.ts'
import { checkListedCandidates, listedCandidates } from './ops/listed-candidates.ts'
import { logSoftmax } from './ops/log-softmax.ts'
import { logSoftmaxGradient } from './ops/log-softmax-gradient.ts'
import { checkLowRank, lowRank } from './ops/low-rank.ts'
import { mixture } from './ops/mixture.ts'
import { mixtureGradient } from './ops/mixture-gradient.ts'
import { checkMoveCodebook, moveCodebook } from './ops/move-codebook.ts'
import { normWeightGradient } from './ops/norm-weight-gradient.ts'
import { quantize } from './ops/quantize.ts'
import { quantizeGradient } from './ops/quantize-gradient.ts'
import { checkRangedCandidates, rangedCandidates } from './ops/ranged-candidates.ts'
import { rmsNorm } from './ops/rms-norm.ts'
import { rmsNormGradient } from './ops/rms-norm-gradient.ts'
import { checkRotate, rotate } from './ops/rotate.ts'
import { checkRouterLoss, routerLoss } from './ops/router-loss.ts'
import { checkRouterLossGradient, routerLossGradient } from './ops/router-loss-gradient.ts'
import { semanticHash } from './ops/semantic-hash.ts'
import { semanticHashGradient } from './ops/semantic-hash-gradient.ts'
import { checkSideAttention, sideAttention } from './ops/side-attention.ts'
import { checkSideAttentionGradient, sideAttentionGradient } from './ops/side-attention-gradient.ts'
import { softmax } from './ops/softmax.ts'
import { softmaxGradient } from './ops/softmax-gradient.ts'
import { checkSsru, ssru } from './ops/ssru.ts'
import { checkSsruGradient, ssruGradient } from './ops/ssru-gradient.ts'
import { checkSsruStep, ssruStep } from './ops/ssru-step.ts'
import { sumOfSquares } from './ops/sum-of-squares.ts'
import { checkTokenLogProbability, tokenLogProbability } from './ops/token-log-probability.ts'
import { tokenLogProbabilityGradient } from './ops/token-log-probability-gradient.ts'
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
