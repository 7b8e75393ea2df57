import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { links } from './links.ts'
import { readText, root } from './repository.ts'

const inFolder = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`)
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'test/README.md',
  ...inFolder('docs').filter((path) => path.endsWith('.md')),
]

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

/** Anchors of a page; a heading that is there before gets a number. */
function anchors(text: string): Set<string> {
  const found = new Map<string, number>()
  const withoutCode = text.replace(/^( *)```[\s\S]*?^\1```$/gm, '')
  return new Set(
    Array.from(withoutCode.matchAll(/^#{1,6} +(.+)$/gm), ([, heading]) => {
      const anchor = anchorOf(heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
      const times = found.get(anchor) ?? 0
      found.set(anchor, times + 1)
      return times ? `${anchor}-${times}` : anchor
    }),
  )
}

test('a heading has the anchor that GitHub gives it', () => {
  expect([...anchors('# One `op`, one file\n\n## The way\n\n```sh\n# not one\n```\n\n## The way')]).toEqual([
    'one-op-one-file',
    'the-way',
    'the-way-1',
  ])
})

test.each(pages)('every relative link of %s leads to a file, and every anchor to a heading', (page) => {
  const broken = links(readText(page)).filter((target) => {
    if (/^[a-z]+:/.test(target)) return false
    const [path, anchor] = target.split('#')
    const file = path ? join(dirname(page), path) : page
    if (!existsSync(join(root, file))) return true
    return anchor !== undefined && !(statSync(join(root, file)).isFile() && anchors(readText(file)).has(anchor))
  })
  expect(broken).toEqual([])
})
