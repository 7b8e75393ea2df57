import { describe, expect, test } from 'vitest'
import { linearAxis, shortNumber, stepAxis } from '#dist/draw/marks/axis.js'
import { smoothed, thinned } from '#dist/draw/marks/panel.js'
import { curvesSvg } from '#dist/learn/train/report/curves.js'
import { leastLoss } from '#dist/learn/train/report/page.js'
import { aRun } from './a-run.ts'

describe('axes', () => {
  test('marks stand at 1, 2 or 5 times a power of ten, and enclose the values', () => {
    expect(linearAxis(0.3, 9.2, 100, 5).marks.map(({ text }) => text)).toEqual(['0', '2', '4', '6', '8', '10'])
    expect(linearAxis(0.0001, 0.00095, 90, 2).marks.map(({ text }) => text)).toEqual(['0', '5e-4', '1e-3'])
    const { at } = linearAxis(0, 100, 200, 4)
    expect([at(0), at(50), at(100)]).toEqual([0, 100, 200])
  })

  test('a single value has an axis too', () => {
    for (const value of [0, 3, -3]) {
      const { marks, at } = linearAxis(value, value, 100, 4)
      expect(marks.length).toBeGreaterThan(1)
      expect(at(value)).toBeGreaterThanOrEqual(0)
      expect(at(value)).toBeLessThanOrEqual(100)
    }
  })

  test('the axis of steps ends with the last step', () => {
    const { marks, at } = stepAxis(730, 100, 8)
    expect(marks.map(({ value }) => value)).toEqual([0, 100, 200, 300, 400, 500, 600, 700])
    expect(at(730)).toBe(100)
  })

  test('numbers are short', () => {
    expect([0, 0.25, 1500, 12000, 2.5e6, 0.0005, 0.000632].map(shortNumber)).toEqual([
      '0',
      '0.25',
      '1500',
      '12k',
      '2.5M',
      '5e-4',
      '6.32e-4',
    ])
  })
})

describe('curves', () => {
  const line = Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, value: 2 * i }))

  test('thinning keeps means, smoothing keeps a straight line and its ends', () => {
    const thin = thinned(line, 100)
    expect(thin).toHaveLength(100)
    expect(thin[0]).toEqual({ step: 5.5, value: 9 })
    smoothed(line).forEach(({ step, value }, i) => {
      expect(step).toBe(i + 1)
      expect(value).toBeCloseTo(2 * i, 9)
    })
  })

  test('smoothing removes most of the noise', () => {
    const noise = line.map(({ step }) => ({ step, value: step % 2 ? 1 : -1 }))
    const inside = smoothed(noise).slice(20, -20)
    expect(Math.max(...inside.map(({ value }) => Math.abs(value)))).toBeLessThan(0.1)
  })
})

describe('curves.svg', () => {
  test('has a panel for loss, scores and learning rate, and a line at each resumption', () => {
    const svg = curvesSvg(aRun(), 40)
    for (const text of ['Loss', 'BLEU and chrF', 'Learning rate', 'training', 'unseen', 'step'])
      expect(svg).toContain(text)
    expect(svg).toContain('the run went on from step 20')
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('names stand after the longest curve, also for a curve that ends earlier', () => {
    const { steps, validations, ...others } = aRun()
    const svg = curvesSvg({ ...others, steps, validations: validations.slice(0, 2) }, 40)
    const names = [...svg.matchAll(/<text x="([\d.]+)"[^>]*>(training|unseen) /g)]
    expect(names.map(([, , name]) => name).sort()).toEqual(['training', 'unseen'])
    expect(names[0][1]).toBe(names[1][1])
  })

  test('is complete before the first step, without a validation, and after a loss that is not finite', () => {
    const { sessions, steps, validations } = aRun()
    const nothing = { sessions, steps: [], validations: [], kept: [], result: null }
    expect(curvesSvg(nothing, 100)).toContain('nothing yet')
    expect(curvesSvg({ ...nothing, steps }, 40)).not.toMatch(/NaN|Infinity|undefined|BLEU/)
    const broken = { ...validations[0], loss: null as unknown as number }
    expect(curvesSvg({ sessions, steps, validations: [broken], kept: [], result: null }, 40)).not.toMatch(
      /NaN|Infinity/,
    )
  })
})

test('the least loss is the entropy of the smoothed target', () => {
  expect(leastLoss(0, 'all', 10)).toBe(0)
  expect(leastLoss(0.9, 'all', 1)).toBe(0)
  // By hand: 0.9 on the right class of three, 0.05 on both others.
  expect(leastLoss(0.1, 'others', 3)).toBeCloseTo(-(0.9 * Math.log(0.9) + 0.1 * Math.log(0.05)), 12)
})
