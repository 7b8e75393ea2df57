import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { root } from '../../repository/repository.ts'

const src = join(root, 'src')

/** The page's modules: its own files, and all of their imports, by paths within src/; packages by their names. */
function importedByPage(): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const [, type, path] of readFileSync(join(src, file), 'utf8').matchAll(
      /^(?:import|export)( type)?[^'"]*?from '([^']+)'/gms,
    ))
      if (path.startsWith('.')) type ? null : visit(normalize(join(dirname(file), path)))
      else if (!type) packages.add(path)
  }
  const page = readdirSync(join(src, 'look/page'), { recursive: true, encoding: 'utf8' })
  for (const file of page.filter((name) => /\.tsx?$/.test(name))) visit(join('look/page', file))
  return { files, packages }
}

describe('the page', () => {
  test('has less than 200 kB, compressed', () => {
    expect(gzipSync(readFileSync(join(root, 'dist/bundle/page.html'))).length).toBeLessThan(200_000)
  })

  test('is one file that asks for no other', () => {
    const html = readFileSync(join(root, 'dist/bundle/page.html'), 'utf8')
    const [head, script] = html.split(/<script>/)
    expect(head).not.toMatch(/(src|href)="(?!data:)/)
    expect(head).not.toMatch(/@import|url\(/)
    expect(script).not.toMatch(/\beval\(|new Function|import\(/)
  })

  test('is of preact and rooms that import nothing of Node', () => {
    const { files, packages } = importedByPage()
    expect([...packages].sort()).toEqual(['preact', 'preact/hooks'])
    const rooms = new Set([...files].map((file) => file.split('/').slice(0, 2).join('/')))
    // The only imports from other rooms: the formulas of positions, and the messages to a worker of the page.
    expect(rooms).not.toContain('engine/backend')
    expect(rooms).not.toContain('files/folders')
    expect([...files].filter((file) => file.startsWith('use/translate/'))).toEqual(['use/translate/for-pages.ts'])
    expect(files.size).toBeGreaterThan(40)
  })
})
