import { expect, test } from 'vitest'
import { apiReport } from '../../scripts/api-report.ts'
import { readText } from './repository.ts'

test('test/repository/api-report.md has the interface as it is: npm run api writes it', () => {
  expect(apiReport()).toBe(readText('test/repository/api-report.md'))
})
