import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

/** Pages and examples that people copy from. */
const files = ['README.md', ...['docs', 'examples'].flatMap((folder) => inside(folder))]

function inside(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(md|mjs|js|ts)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

test('no example has `await using`, which Node.js 20 does not read', () => {
  const found = files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const code = file.endsWith('.md') ? (text.match(/^```(?:js|ts)\n[\s\S]*?^```/gm) ?? []).join('\n') : text
    return /^\s*await using /m.test(code)
  })
  expect(found).toEqual([])
})

test('pushes and pull requests are tested, and a release runs the whole tests', () => {
  const workflow = (name: string) => readFileSync(join(root, '.github/workflows', name), 'utf8')
  expect(workflow('ci.yml')).toMatch(/^ {2}push:[\s\S]*^ {2}pull_request:/m)
  for (const name of ['ci.yml', 'release.yml']) expect(workflow(name)).toContain('npm run check')
  expect(workflow('release.yml').indexOf('npm run check')).toBeLessThan(
    workflow('release.yml').indexOf('npm run release'),
  )
})
