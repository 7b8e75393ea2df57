import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { root } from './repository.ts'

const MOST = 5

/** Functions of a file with a body and more parameters than `MOST`, by name and line. */
function longSignatures(name: string, text: string): string[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && node.parameters.length > MOST) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${name}:${line + 1} has ${node.parameters.length} parameters`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

test('functions with more than five parameters are found, whatever their form', () => {
  const six = 'a, b, c, d, e, f'
  const text = [
    `function declared(${six}) {}`,
    `const arrow = (${six}) => 0`,
    `class C { constructor(${six}) {} method(${six}) {} fine(a, b, c, d, e) {} }`,
    `interface Foreign { call(${six}): void }`,
  ].join('\n')
  expect(longSignatures('x.ts', text)).toEqual([
    'x.ts:1 has 6 parameters',
    'x.ts:2 has 6 parameters',
    'x.ts:3 has 6 parameters',
    'x.ts:3 has 6 parameters',
  ])
})

test('no function of src/ has more than five parameters', () => {
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  expect(files.flatMap((file) => longSignatures(file, readFileSync(join(src, file), 'utf8')))).toEqual([])
})
