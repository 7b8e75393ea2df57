import { expect, it } from 'vitest'
import { corpusOf, wrongCorpus } from '#dist/cli/flags/corpus-options.js'

it('sentence pairs are in one kind of file', () => {
  const parallel = { source: 'a.fr', target: 'a.en' }
  expect([{}, parallel, { tsv: 'a.tsv' }, { jsonl: 'a.jsonl' }].map(corpusOf)).toEqual([
    undefined,
    { format: 'parallel', ...parallel },
    { format: 'tsv', path: 'a.tsv' },
    { format: 'jsonl', path: 'a.jsonl' },
  ])
  expect([{}, parallel, { tsv: 'a.tsv' }, { jsonl: 'a.jsonl' }].map(wrongCorpus)).toEqual([null, null, null, null])
})

it.each([
  [{ source: 'a.fr' }, 'give both --source and --target'],
  [{ target: 'a.en' }, 'give both --source and --target'],
  [{ tsv: 'a.tsv', jsonl: 'a.jsonl' }, 'give --tsv or --jsonl: not both'],
  [{ source: 'a.fr', target: 'a.en', tsv: 'a.tsv' }, 'give --source and --target or --tsv: not both'],
])('%j is wrong usage', (options, message) => {
  expect(wrongCorpus(options)).toBe(message)
})
