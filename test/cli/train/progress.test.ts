import { expect, it } from 'vitest'
import type { RedrawnLine } from '#dist/cli/terminal/redrawn-line.js'
import { TrainProgress } from '#dist/cli/train/progress.js'
import type { StepReport } from '#dist/learn/train/trainer-listener.js'

const report = (step: number, dropped = { tooLong: 0, empty: 0 }): StepReport => ({
  step,
  epoch: 0,
  loss: step,
  learningRate: 1e-3,
  gradientNorm: 1,
  tokens: step % 2 ? 10 : 30,
  seconds: 1,
  paddingShare: 0.25,
  dropped,
})

/** A progress, and what it draws and says. */
function watched(redraw: boolean) {
  const drawn: string[][] = []
  const said: string[] = []
  const line = { draw: (parts: () => string[]) => drawn.push(parts()), say: (text: string) => said.push(text) }
  return { progress: new TrainProgress(line as unknown as RedrawnLine, { logEvery: 10, redraw }), drawn, said }
}

it('a redrawn line has the means of the last 20 steps, over their tokens', () => {
  const { progress, drawn, said } = watched(true)
  for (let step = 1; step <= 25; step++) progress.step(report(step))
  expect(drawn).toHaveLength(25)
  expect(drawn[4]).toContain('loss 3.000')
  expect(drawn[24]).toEqual(expect.arrayContaining(['loss 15.250', '20 tokens/s', 'padding avoided 25 %']))
  expect(said).toEqual([])
})

it('a line every so many steps has the means of these', () => {
  const { progress, drawn, said } = watched(false)
  for (let step = 1; step <= 25; step++) progress.step(report(step))
  expect(said.map((line) => /loss [\d.]+/.exec(line)![0])).toEqual(['loss 5.750', 'loss 15.750'])
  expect(drawn).toEqual([])
})

it('dropped pairs are reported once', () => {
  const { progress, said } = watched(true)
  for (let step = 1; step <= 3; step++) progress.step(report(step, { tooLong: step, empty: 0 }))
  expect(said).toEqual([expect.stringContaining('some pairs have too many tokens')])
})
