/** Every command of docs/research.md runs, and prints what the page says: the same words, and numbers near by. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ended, start } from '../cli/command.ts'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readText } from './repository.ts'

const page = readText('docs/research.md')
const commands = [
  ...Array.from(page.matchAll(/^```sh\nglassformer (.*)\n```\n(?:\n```\n([^`]*)```$)?/gm), ([, line, output]) => ({
    line,
    output,
  })),
  ...Array.from(page.matchAll(/`glassformer (figure [^`]*)`/g), ([, line]) => ({ line, output: undefined })),
]
const folder = scratchFolder()
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'lines.txt'), 'Le chat dort.\nLes chats dorment.\n')

/** The words of a command, as a shell has them. */
const wordsOf = (line: string) => Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain)

test('the page has commands', () => expect(commands.length).toBeGreaterThan(6))

test.each(commands)('glassformer $line', async ({ line, output }) => {
  const { code, stdout, stderr } = await ended(start(wordsOf(line), { cwd: folder }))
  expect(code, stderr).toBe(0)
  if (output === undefined) return
  const number = /[−-]?\d+\.\d+/g
  const shape = (text: string) =>
    text
      .replace(number, '#')
      .replace(/[+−]?#/g, '#')
      .replace(/\s+/g, ' ')
      .trim()
  // Small shares may change places with others.
  const isTable = !output.includes('+')
  if (isTable) expect(shape(stdout)).toBe(shape(output))
  else expect(shape(stdout.split('\n')[0])).toBe(shape(output.split('\n')[0]))
  const numbers = (text: string) => Array.from(text.matchAll(number), ([found]) => Number(found.replace('−', '-')))
  const [found, said] = [numbers(stdout), numbers(output)]
  const count = isTable ? said.length : 1
  for (let i = 0; i < count; i++) expect(Math.abs(found[i] - said[i]), line).toBeLessThan(0.2)
})
