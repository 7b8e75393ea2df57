import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { english, french } from '../../../examples/number-words/numbers.mjs'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-example-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the program of docs/training.md trains, reports its progress, and translates', () => {
  const text = readFileSync(new URL('../../../docs/training.md', import.meta.url), 'utf8')
  const built = (path: string) => JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url).href)
  const [, program] = text.match(/```js\n(import .*?)```/s)!
  // Two epochs in place of many: the program only has to run, not to learn.
  const short = program
    .replace(`'glassformer'`, built('index.js'))
    .replace(`'glassformer/train'`, built('learn/train/index.js'))
    .replace(/epochs: \d+/, 'epochs: 2')
  writeFileSync(join(folder, 'program.mjs'), short)
  const numbers = Array.from({ length: 400 }, (_, n) => n)
  writeFileSync(join(folder, 'pairs.tsv'), numbers.map((n) => `${french(n)}\t${english(n)}\n`).join(''))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(
    /^after step 0 of about \d+\n(step \d+: unseen loss \d\.\d+, BLEU [\d.]+\n)+done after \d+ steps\n.*\n$/,
  )
})
