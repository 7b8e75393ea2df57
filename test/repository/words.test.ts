import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText, root } from './repository.ts'

const wordsOf = (path: string) => readText(path).split(/\s+/).filter(Boolean).length
const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))

test('the pages of docs/ have at most 60,000 words, without the notebook and what is written from the code', () => {
  expect(pages.reduce((sum, name) => sum + wordsOf(`docs/${name}`), 0)).toBeLessThanOrEqual(60_000)
})

test('docs/api.md is a guide of at most 3,000 words', () => {
  expect(wordsOf('docs/api.md')).toBeLessThanOrEqual(3000)
})
