import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRows } from '../../scripts/generate/rows.ts'
import { generatedFiles } from '../../scripts/generate.ts'
import { findToolchain } from '../../scripts/native-build.mjs'
import { readText, root } from './repository.ts'

/** A slow machine, or a busy one, takes minutes. */
const TIMEOUT = 300_000

const { compiler } = findToolchain()
const [program, ...first] = compiler?.split(' ') ?? []
const section = /## Add an op\n([\s\S]*?)\n## /.exec(readText('docs/architecture.md'))![1]
const blocks = [...section.matchAll(/^ {3}```(?:ts|cpp)\n([\s\S]*?)\n {3}```$/gm)].map(([, text]) =>
  text.replace(/^ {3}/gm, ''),
)
const paths = [
  'src/engine/program/ops/scale.ts',
  'src/engine/backend/js/ops/scale.ts',
  'native/ops/scale.cc',
  'native/kernels/ops/scale.cc',
  'test/ops/scale.ts',
]

/** The op of docs/architecture.md, in a copy of the folders that it is added to. */
describe('the op that architecture.md adds', () => {
  let project: string
  const at = (path: string) => join(project, path)
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'glassformer-op-'))
    for (const path of ['src/base', 'src/engine/program', 'src/engine/backend', 'native'])
      cpSync(join(root, path), at(path), { recursive: true })
    for (const [i, path] of paths.entries()) {
      mkdirSync(dirname(at(path)), { recursive: true })
      writeFileSync(at(path), `${blocks[i]}\n`)
    }
    for (const [path, text] of generatedFiles(await readRows(project))) writeFileSync(at(path), text)
  })
  afterAll(() => rmSync(project, { recursive: true }))

  test('has five files, named in the text', () => {
    expect(blocks).toHaveLength(paths.length)
    for (const path of paths) expect(section).toContain(`    ${path} `)
  })

  test('is a row that is read, with a kernel in JavaScript that computes it', async () => {
    expect((await readRows(project)).map(({ name }) => name)).toContain('scale')
    const bundle = await rolldown({ input: at(paths[1]), logLevel: 'silent' })
    await bundle.write({ file: at('scale.mjs') })
    await bundle.close()
    const { scale } = await import(pathToFileURL(at('scale.mjs')).href)
    const matrix = (data: Float32Array) => ({ data, offset: 0, stride: 2, rows: 2, width: 2 })
    const scaled = new Float32Array(4)
    scale({ x: matrix(Float32Array.of(1, 2, 3, 4)), scaled: matrix(scaled), factor: 0.5 })
    expect([...scaled]).toEqual([0.5, 1, 1.5, 2])
  })

  test.skipIf(!program)(
    'compiles in C++, with the operands that follow from its row',
    { timeout: TIMEOUT },
    async () => {
      for (const path of ['native/ops/scale.cc', 'native/kernels/ops/scale.cc', 'native/kernels/table.cc'])
        await promisify(execFile)(program, [...first, '-std=c++17', '-fsyntax-only', `-I${at('native')}`, at(path)])
    },
  )
})
