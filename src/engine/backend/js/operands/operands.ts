// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.

import type { Matrix } from '../../interface/backend.ts'

/** The arguments of each op's kernel: its inputs, then its outputs, then its attributes. */
export interface Operands {
  activation: {
    x: Matrix
    activated: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
  }
  activationGradient: {
    x: Matrix
    dy: Matrix
    dx: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
  }
  adafactor: {
    gradients: Matrix
    rates: Matrix
    parameters: Matrix
    rowMoments: Matrix
    columnMoments: Matrix
  }
  adam: {
    gradients: Matrix
    rates: Matrix
    parameters: Matrix
    firstMoments: Matrix
    secondMoments: Matrix
  }
  add: {
    a: Matrix
    b: Matrix
    sum: Matrix
  }
  attention: {
    q: Matrix
    k: Matrix
    v: Matrix
    queries: Matrix
    keys: Matrix
    seed: Matrix | null
    relativeKeys: Matrix | null
    relativeValues: Matrix | null
    distanceBias: Matrix | null
    at: Matrix | null
    attended: Matrix
    weights: Matrix | null
    heads: number
    scale: number
    causal: boolean
    every: number
    traced: boolean
    dropout: number
    site: number
  }
  attentionGradient: {
    q: Matrix
    k: Matrix
    v: Matrix
    queries: Matrix
    keys: Matrix
    dz: Matrix
    seed: Matrix | null
    relativeKeys: Matrix | null
    relativeValues: Matrix | null
    dRelativeKeys: Matrix | null
    dRelativeValues: Matrix | null
    distanceBias: Matrix | null
    at: Matrix | null
    dq: Matrix
    dk: Matrix
    dv: Matrix
    dDistanceBias: Matrix | null
    heads: number
    scale: number
    causal: boolean
    every: number
    dropout: number
    site: number
  }
  average: {
    x: Matrix
    spans: Matrix
    averaged: Matrix
  }
  averageGradient: {
    dAveraged: Matrix
    spans: Matrix
    dx: Matrix
  }
  averageStep: {
    x: Matrix
    parents: Matrix
    lengths: Matrix
    slots: Matrix
    cache: Matrix
    averaged: Matrix
  }
  balance: {
    x: Matrix
    balance: Matrix
  }
  balanceGradient: {
    x: Matrix
    dBalance: Matrix
    dx: Matrix
  }
  cachedAttention: {
    q: Matrix
    k: Matrix
    v: Matrix
    ancestors: Matrix
    spans: Matrix
    relativeKeys: Matrix | null
    relativeValues: Matrix | null
    distanceBias: Matrix | null
    attended: Matrix
    weights: Matrix | null
    heads: number
    scale: number
    traced: boolean
  }
  candidates: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    edits: Matrix
    values: Matrix
    scores: Matrix
    ids: Matrix
    normalize: 'before' | 'after' | 'both'
    scale: number
  }
  crossEntropy: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    ids: Matrix
    losses: Matrix
    smoothing: number
    over: 'all' | 'others'
    scale: number
  }
  crossEntropyGradient: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    ids: Matrix
    dLoss: Matrix
    dWeight: Matrix | null
    dBias: Matrix | null
    losses: Matrix
    dx: Matrix
    smoothing: number
    over: 'all' | 'others'
    scale: number
  }
  depthwise: {
    x: Matrix
    weight: Matrix
    spans: Matrix
    convolved: Matrix
    dilation: number
    before: number
  }
  depthwiseGradient: {
    x: Matrix
    weight: Matrix
    spans: Matrix
    dConvolved: Matrix
    dWeight: Matrix
    dx: Matrix
    dilation: number
    before: number
  }
  depthwiseStep: {
    x: Matrix
    weight: Matrix
    slots: Matrix
    ancestors: Matrix
    spans: Matrix
    cache: Matrix
    convolved: Matrix
    dilation: number
  }
  disentangledAttention: {
    q: Matrix
    k: Matrix
    v: Matrix
    queries: Matrix
    keys: Matrix
    buckets: Matrix
    positionKeys: Matrix | null
    positionQueries: Matrix | null
    attended: Matrix
    weights: Matrix | null
    heads: number
    scale: number
    traced: boolean
  }
  distillation: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    ids: Matrix
    teacherX: Matrix
    teacherWeight: Matrix
    teacherBias: Matrix | null
    losses: Matrix
    smoothing: number
    over: 'all' | 'others'
    scale: number
    teacherScale: number
    temperature: number
    share: number
  }
  distillationGradient: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    ids: Matrix
    teacherX: Matrix
    teacherWeight: Matrix
    teacherBias: Matrix | null
    dLoss: Matrix
    dWeight: Matrix | null
    dBias: Matrix | null
    losses: Matrix
    dx: Matrix
    smoothing: number
    over: 'all' | 'others'
    scale: number
    teacherScale: number
    temperature: number
    share: number
  }
  dropout: {
    x: Matrix
    seed: Matrix
    residual: Matrix | null
    dropped: Matrix
    rate: number
    site: number
  }
  embed: {
    table: Matrix
    tokens: Matrix
    positions: Matrix | null
    positionTable: Matrix | null
    embedded: Matrix
    scale: number
    positionOffset: number
  }
  embedGradient: {
    tokens: Matrix
    positions: Matrix | null
    dx: Matrix
    dTable: Matrix
    dPositionTable: Matrix | null
    scale: number
    positionOffset: number
  }
  fold: {
    x: Matrix
    inverse: Matrix
    index: Matrix | null
    folded: Matrix
    taps: number
  }
  gatedActivation: {
    gate: Matrix
    x: Matrix
    gated: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
  }
  gatedActivationGradient: {
    gate: Matrix
    x: Matrix
    dy: Matrix
    dGate: Matrix
    dx: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
  }
  gatedSum: {
    gateA: Matrix
    a: Matrix
    gateB: Matrix
    b: Matrix
    summed: Matrix
  }
  gatedSumGradient: {
    gateA: Matrix
    a: Matrix
    gateB: Matrix
    b: Matrix
    dSum: Matrix
    dGateA: Matrix
    dA: Matrix
    dGateB: Matrix
    dB: Matrix
  }
  gates: {
    clean: Matrix
    deviation: Matrix | null
    noise: Matrix | null
    gates: Matrix
    load: Matrix
    k: number
    overAll: boolean
  }
  gatesGradient: {
    clean: Matrix
    deviation: Matrix | null
    noise: Matrix | null
    dGates: Matrix
    dLoad: Matrix | null
    dClean: Matrix
    dDeviation: Matrix | null
    k: number
    overAll: boolean
  }
  headOff: {
    attended: Matrix
    kept: Matrix
    heads: number
    head: number
  }
  layerNorm: {
    x: Matrix
    gamma: Matrix
    beta: Matrix
    normed: Matrix
    epsilon: number
  }
  layerNormGradient: {
    x: Matrix
    gamma: Matrix
    dy: Matrix
    dx: Matrix
    statistics: Matrix
    epsilon: number
  }
  linear: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    residual: Matrix | null
    out: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
    scale: number
  }
  linearInputGradient: {
    dy: Matrix
    weight: Matrix
    x: Matrix | null
    dx: Matrix
    scale: number
  }
  linearWeightGradient: {
    x: Matrix
    dy: Matrix
    dWeight: Matrix
    dBias: Matrix | null
    scale: number
  }
  listedCandidates: {
    x: Matrix
    weight: Matrix
    bias: Matrix | null
    edits: Matrix
    values: Matrix
    listed: Matrix
    listedIds: Matrix
    lists: Matrix
    queries: Matrix
    scores: Matrix
    ids: Matrix
    normalize: 'before' | 'after' | 'both'
    scale: number
  }
  logSoftmax: {
    x: Matrix
    logSoftmax: Matrix
  }
  logSoftmaxGradient: {
    y: Matrix
    dy: Matrix
    dx: Matrix
  }
  lowRank: {
    x: Matrix
    product: Matrix | null
    matrices: Matrix
    places: Matrix
    adapters: Matrix
    adapted: Matrix
    outputs: number
    direction: 'forward' | 'back'
  }
  mixture: {
    x: Matrix
    gates: Matrix
    inner: Matrix
    outer: Matrix
    innerBias: Matrix | null
    outerBias: Matrix | null
    mixed: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
    scale: number
    k: number
  }
  mixtureGradient: {
    x: Matrix
    gates: Matrix
    inner: Matrix
    outer: Matrix
    innerBias: Matrix | null
    outerBias: Matrix | null
    dMixed: Matrix
    dInner: Matrix
    dOuter: Matrix
    dInnerBias: Matrix | null
    dOuterBias: Matrix | null
    dx: Matrix
    dGates: Matrix
    activation: 'none' | 'relu' | 'gelu' | 'geluTanh' | 'swish' | 'tanh'
    scale: number
  }
  moveCodebook: {
    x: Matrix
    codes: Matrix
    counts: Matrix
    sums: Matrix
    codebook: Matrix
    blocks: number
    decay: number
    epsilon: number
  }
  normWeightGradient: {
    x: Matrix
    statistics: Matrix
    dy: Matrix
    dGamma: Matrix
    dBeta: Matrix | null
  }
  quantize: {
    x: Matrix
    codebook: Matrix
    quantized: Matrix
    codes: Matrix
    errors: Matrix
    blocks: number
  }
  quantizeGradient: {
    x: Matrix
    quantized: Matrix
    dQuantized: Matrix
    dErrors: Matrix
    dx: Matrix
  }
  rangedCandidates: {
    logits: Matrix
    ranges: Matrix
    edits: Matrix
    values: Matrix
    scores: Matrix
    ids: Matrix
  }
  rmsNorm: {
    x: Matrix
    gamma: Matrix
    normed: Matrix
    epsilon: number
  }
  rmsNormGradient: {
    x: Matrix
    gamma: Matrix
    dy: Matrix
    dx: Matrix
    statistics: Matrix
    epsilon: number
  }
  rotate: {
    x: Matrix
    positions: Matrix
    rotations: Matrix
    rotated: Matrix
    columns: number
    direction: 'forward' | 'back'
  }
  routerLoss: {
    scores: Matrix
    spans: Matrix
    loss: Matrix
    experts: number
    k: number
    balance: number
    z: number
  }
  routerLossGradient: {
    scores: Matrix
    spans: Matrix
    dLoss: Matrix
    dScores: Matrix
    experts: number
    k: number
    balance: number
    z: number
  }
  semanticHash: {
    x: Matrix
    noise: Matrix | null
    hard: Matrix | null
    code: Matrix
  }
  semanticHashGradient: {
    x: Matrix
    noise: Matrix | null
    dCode: Matrix
    dx: Matrix
  }
  sideAttention: {
    q: Matrix
    k: Matrix
    v: Matrix
    sideK: Matrix
    sideV: Matrix
    queries: Matrix
    keys: Matrix
    sideKeys: Matrix
    seed: Matrix | null
    at: Matrix | null
    sideAt: Matrix | null
    distanceBias: Matrix | null
    sideBias: Matrix | null
    attended: Matrix
    heads: number
    scale: number
    every: number
    dropout: number
    site: number
  }
  sideAttentionGradient: {
    q: Matrix
    k: Matrix
    v: Matrix
    sideK: Matrix
    sideV: Matrix
    queries: Matrix
    keys: Matrix
    sideKeys: Matrix
    dz: Matrix
    seed: Matrix | null
    at: Matrix | null
    sideAt: Matrix | null
    distanceBias: Matrix | null
    sideBias: Matrix | null
    dq: Matrix
    dk: Matrix
    dv: Matrix
    dSideK: Matrix
    dSideV: Matrix
    dDistanceBias: Matrix | null
    dSideBias: Matrix | null
    heads: number
    scale: number
    every: number
    dropout: number
    site: number
  }
  softmax: {
    x: Matrix
    softmax: Matrix
  }
  softmaxGradient: {
    y: Matrix
    dy: Matrix
    dx: Matrix
  }
  ssru: {
    x: Matrix
    forget: Matrix
    forgetBias: Matrix
    spans: Matrix
    residual: Matrix | null
    recurred: Matrix
    states: Matrix
    gates: Matrix | null
    traced: boolean
  }
  ssruGradient: {
    x: Matrix
    forget: Matrix
    forgetBias: Matrix
    states: Matrix
    spans: Matrix
    dRecurred: Matrix
    dForgetBias: Matrix
    dx: Matrix
    dForget: Matrix
  }
  ssruStep: {
    x: Matrix
    forget: Matrix
    forgetBias: Matrix
    parents: Matrix
    slots: Matrix
    cache: Matrix
    residual: Matrix | null
    recurred: Matrix
  }
  sumOfSquares: {
    x: Matrix
    sums: Matrix
  }
  tokenLogProbability: {
    logits: Matrix
    ids: Matrix
    scores: Matrix
  }
  tokenLogProbabilityGradient: {
    logits: Matrix
    ids: Matrix
    dy: Matrix
    dx: Matrix
  }
  windows: {
    x: Matrix
    index: Matrix
    inverse: Matrix | null
    windowed: Matrix
  }
  writeCache: {
    x: Matrix
    slots: Matrix
    cache: Matrix
  }
}
