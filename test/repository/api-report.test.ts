import { expect, test } from 'vitest'
import { apiReport } from '../../scripts/api-report.mjs'
import { readText } from './repository.ts'

test('docs/api-report.md has the interface as it is: npm run api writes it', () => {
  expect(apiReport()).toBe(readText('docs/api-report.md'))
})
