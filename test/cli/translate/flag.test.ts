import { describe, expect, test } from 'vitest'
import { glassformer } from '../command.ts'

const LINES = 'Merci.\nJe suis étudiant.\n'

describe('glassformer translate --flag', () => {
  test('marks lines whose confidence is lower than the given one, and no other', async () => {
    const plain = await glassformer(['translate'], LINES)
    const all = await glassformer(['translate', '--flag', '1'], LINES)
    const none = await glassformer(['translate', '--flag', '0'], LINES)
    expect(all.stdout).toBe(plain.stdout.replace(/^(?=.)/gm, '[?] '))
    expect(none.stdout).toBe(plain.stdout)
  })

  test('JSON says which are marked, by their confidence', async () => {
    const { stdout } = await glassformer(
      ['translate', '--json', '--flag', '0.6'],
      `${LINES}Zblurg frotta le schmilblick.\n`,
    )
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ flagged }) => flagged)).toEqual(lines.map(({ confidence }) => confidence.score < 0.6))
    expect(lines[0].flagged).toBe(false)
  })

  test('without a number it has one of its own, and the texts after it stay texts', async () => {
    const { code, stdout } = await glassformer(['translate', '--flag', '--', 'Merci.'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Thank you.\n' })
  })

  test.each([['1.5'], ['-1'], ['half']])('%s is no confidence', async (given) => {
    const { code, stderr } = await glassformer(['translate', `--flag=${given}`, 'Merci.'])
    expect(code).not.toBe(0)
    expect(stderr).toContain('a number from 0 to 1')
  })

  test('is for lines of text', async () => {
    expect((await glassformer(['translate', '--flag', '0.5', '--ids', '1 2'])).code).not.toBe(0)
    const { stderr } = await glassformer(['translate', '--flag', '0.5', '--format', 'html', '<p>Merci.</p>'])
    expect(stderr).toContain('--flag marks lines of text')
  })
})
