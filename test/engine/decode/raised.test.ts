import { expect, it } from 'vitest'
import { ScoreEdits } from '#dist/engine/decode/processors/score-edits.js'
import { exponentialDecay, removeInvalid } from '#dist/engine/decode/processors/token-scores.js'

it('remove_invalid_values with exponential_decay_length_penalty: scores stay numbers, and the end is the best', () => {
  const edits = new ScoreEdits()
  edits.scores = new Float32Array([0.5, -Infinity, Number.NaN])
  const standing = { generated: 9, history: [] }
  removeInvalid(edits.scores, standing)
  exponentialDecay([2, 9], [1])(standing, edits)
  expect(Array.from(edits.scores).every(Number.isFinite)).toBe(true)
  expect(edits.scores.indexOf(Math.max(...edits.scores))).toBe(1)
})
