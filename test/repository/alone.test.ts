import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readJson, root } from './repository.ts'

const project = scratchFolder()
const installed = join(project, 'node_modules/glassformer')

mkdirSync(installed, { recursive: true })
for (const part of ['dist/bundle', 'native/sources.json', 'package.json'])
  cpSync(join(root, part), join(installed, part), { recursive: true })

const entries = Object.keys(readJson('package.json').exports as object)
  .filter((name) => !/json|worker|\*/.test(name))
  .map((name) => name.replace('.', 'glassformer'))

test.each(entries)('%s is imported and required where no other package is installed', (entry) => {
  const program = `import { createRequire } from 'node:module'
    const imported = await import('${entry}')
    const required = createRequire(import.meta.url)('${entry}')
    console.log(Object.keys(imported).every((name) => name === 'default' || imported[name] === required[name]))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: project,
    encoding: 'utf8',
  })
  expect(stdout, stderr).toBe('true\n')
})
