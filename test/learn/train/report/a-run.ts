import type { Metrics, SessionLine } from '#dist/learn/train/report/metrics.js'

const session = (step: number): SessionLine => ({
  kind: 'session',
  step,
  began: '2026-01-02T03:04:05.678Z',
  backend: 'js javascript',
  threads: 1,
  precision: 'float32',
  parameters: 12_345,
  sourceVocabulary: 100,
  targetVocabulary: 100,
  heldOut: 10,
  cleaning: { read: 98, kept: 90, empty: 1, tooLong: 2, unequal: 2, duplicate: 3, notRemembered: 0 },
  corpus: { lines: 100, pairs: 98, malformed: 2, firstMalformed: [{ line: 7, why: 'has no TAB' }] },
})

/** A run of 40 steps that was interrupted after 20. */
export const aRun = (): Metrics => ({
  sessions: [session(0), session(20)],
  steps: Array.from({ length: 40 }, (_, i) => ({
    kind: 'step',
    step: i + 1,
    epoch: Math.floor(i / 10),
    loss: 8 / (i + 2) + 0.01 * (i % 3),
    learningRate: 1e-3,
    gradientNorm: 1,
    tokens: 100,
    seconds: 0.5,
    paddingShare: 0.25,
    dropped: { tooLong: 3, empty: 0 },
  })),
  validations: [10, 20, 30, 40].map((step) => ({
    kind: 'validation',
    step,
    loss: 10 / step,
    bleu: 2 * step,
    chrf: 50 + step,
    best: true,
    samples: [
      { source: 'a <b> & c', reference: 'one two', hypothesis: step < 30 ? 'two <i>' : 'one two' },
      { source: 'd', reference: 'three', hypothesis: `three ${step}` },
    ],
  })),
  kept: [],
  result: null,
})
