import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../repository/repository.ts'

const folder = join(root, 'dist/bundle')

/** The imports of a bundled file, static and dynamic. */
const importsOf = (file: string): string[] =>
  Array.from(
    readFileSync(join(folder, file), 'utf8').matchAll(
      /\b(?:import|export)(?:[\w$*{},\s]*\bfrom)?\s*\(?\s*(["'`])([^"'`\s]+)\1/g,
    ),
    ([, , path]) => path,
  )

test('code for browsers imports nothing but its own files, and nothing of Node.js', () => {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const path of importsOf(file)) {
      expect(path, file).toMatch(/^\.\/web\b.*\.js$/)
      visit(path.slice(2))
    }
  }
  const workers = ['web-worker.js', 'web-encoder-worker.js', 'web-speech-worker.js']
  for (const file of ['web.js', 'web-encoder.js', 'web-speech.js', ...workers]) visit(file)
  const built = readdirSync(folder).filter((name) => name.startsWith('web') && name.endsWith('.js'))
  expect([...seen].sort()).toEqual(built.sort())
  for (const worker of workers) expect(importsOf(worker), worker).toEqual([])
})
