import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { nativeReasons } from '../../backends.ts'

const run = promisify(execFile)
const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'glassformer-number-words-'))
afterAll(() => rmSync(folder, { recursive: true }))

const backend = nativeReasons.length ? 'js' : 'native'

describe('examples', () => {
  test(`number words: numbers below 1000 that were not trained on are translated correctly (${backend})`, {
    timeout: 240_000,
  }, async () => {
    const output = join(folder, 'run')
    const options = ['--below', '1000', '--backend', backend, '--output', output]
    const { stdout } = await run(process.execPath, [example('number-words/train.mjs'), ...options])
    const [, right, unseen, share] = /^(\d+) of (\d+) unseen numbers are right: ([\d.]+) %$/m.exec(stdout)!
    expect(Number(unseen)).toBeGreaterThan(40)
    expect(Number(right)).toBeGreaterThan(0.95 * Number(unseen))
    expect(Number(share)).toBeCloseTo((100 * Number(right)) / Number(unseen), 1)
    for (const name of ['metrics.jsonl', 'curves.svg', 'report.html', 'model/config.json'])
      expect(existsSync(join(output, name)), name).toBe(true)
  })

  test('six words: the next word is a guess before training, and known afterwards', async () => {
    const figures = join(folder, 'figures')
    const options = ['--backend', backend, '--figures', figures]
    const { stdout } = await run(process.execPath, [example('six-words/train.mjs'), ...options])
    const [before, after] = stdout.split('after training')
    const columns = ['a', 'am', 'i', 'thanks', 'student', '<eos>']
    const chances = (text: string) =>
      [...text.matchAll(/^(\S+) +((?:[\d.]+ *){6})$/gm)].map(
        ([, word, values]) => values.trim().split(/ +/).map(Number)[columns.indexOf(word)],
      )
    expect(chances(before)).toHaveLength(7)
    expect(Math.min(...chances(before))).toBeLessThan(0.2)
    expect(chances(after)).toHaveLength(7)
    expect(Math.min(...chances(after))).toBeGreaterThan(0.98)
    // The pictures show the same for the first sentence: five rows of six words, by their ids.
    for (const [name, text] of Object.entries({ before, after })) {
      const svg = readFileSync(join(figures, `${name}.svg`), 'utf8')
      for (const word of ['student', '&lt;eos&gt;', 'thanks']) expect(svg).toContain(`>${word}<`)
      const drawn = [...svg.matchAll(/fill-opacity="([\d.]+)" data-step="(\d)" data-id="(\d)"/g)].map(([, ...found]) =>
        found.map(Number),
      )
      expect(drawn).toHaveLength(30)
      const said = ['i', 'am', 'a', 'student', '<eos>']
      chances(text)
        .slice(0, 5)
        .forEach((chance, step) => {
          const [opacity] = drawn.find(([, row, id]) => row === step && id === columns.indexOf(said[step]))!
          expect(opacity).toBeCloseTo(chance, 2)
        })
    }
  })
})
