import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pageOf, withMeasured } from '../../scripts/quality.mjs'

const docs = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('docs/quality.md is what docs/quality.json makes', () => {
  expect(pageOf(JSON.parse(docs('quality.json'))), 'run node scripts/quality.mjs').toBe(docs('quality.md'))
})

test('a measurement takes the place of an earlier one of the same model and test set, and no other', () => {
  const data = JSON.parse(docs('quality.json'))
  const printed = { model: 'some/model', bleu: { score: 20.126 }, chrf: { score: 40.5 } }
  const once = withMeasured(data, { set: 'ntrex', printed, date: '2026-12-02' })
  const twice = withMeasured(once, { set: 'ntrex', printed: { ...printed, bleu: { score: 21 } }, date: '2026-12-03' })
  const further = withMeasured(twice, { set: 'tatoeba', printed, date: '2026-12-03' })
  expect(once.measured).toHaveLength(data.measured.length + 1)
  expect(twice.measured).toHaveLength(once.measured.length)
  expect(further.measured).toHaveLength(once.measured.length + 1)
  expect(pageOf(once)).toContain('| some/model | 20.13 | 40.50 | 2026-12-02 |')
  expect(() => withMeasured(data, { set: 'unheard', printed, date: '' })).toThrow(/no test set unheard/)
})
