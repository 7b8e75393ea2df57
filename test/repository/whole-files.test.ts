import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { wholeFiles } from '../whole-files.ts'

const root = join(import.meta.dirname, '../..')
const files = readdirSync(join(root, 'test'), { recursive: true })
  .map((path) => `test/${String(path).replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts'))

/** 'a/{b,c}.ts' → 'a/b.ts', 'a/c.ts' */
const spelledOut = (pattern: string): string[] => {
  const braces = /\{([^}]*)\}/.exec(pattern)
  return braces ? braces[1].split(',').flatMap((name) => spelledOut(pattern.replace(braces[0], name))) : [pattern]
}

/** The files of a pattern without braces; of what it may have, `*` and `!(name)` are known. */
const matched = (pattern: string) => {
  const source = pattern
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
    .replace(/!\(([^)]*)\)/, '(?!$1\\.)[^/]*')
  return files.filter((path) => new RegExp(`^${source}$`).test(path))
}

const patterns = wholeFiles.flatMap(spelledOut)

test.each(patterns)('%s, which npm test leaves out, is there', (pattern) => expect(matched(pattern)).not.toEqual([]))

test('npm test has what shows that a clone works', () => {
  const left = new Set(patterns.flatMap(matched))
  const needed = [
    'test/engine/program/every-op.test.ts',
    'test/engine/program/gradients.test.ts',
    'test/engine/decode/hub-golden.test.ts',
    'test/engine/decode/fr-en-golden.test.ts',
    'test/use/translate/translate.test.ts',
    'test/cli/translate/command.test.ts',
    'test/use/pipelines/pipeline.test.ts',
    'test/use/web/translator.test.ts',
    'test/service/serve/v1.test.ts',
    'test/service/queue/jobs.test.ts',
    'test/learn/train/documented-example.test.ts',
    'test/learn/train/trajectory.test.ts',
  ]
  expect(needed.filter((path) => left.has(path) || !files.includes(path))).toEqual([])
})
