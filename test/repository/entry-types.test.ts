import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readText, root } from './repository.ts'

const { exports } = JSON.parse(readText('package.json')) as { exports: Record<string, { default?: unknown }> }
/** The names of all entries with types: glassformer, glassformer/serve and others. */
const entries = Object.entries(exports).flatMap(([path, entry]) =>
  typeof entry === 'object' && 'default' in entry ? [`glassformer${path.slice(1)}`] : [],
)

test('the types of all entries compile in ES modules and in CommonJS, strictly, their own files included', () => {
  expect(entries).toContain('glassformer/serve')
  const project = scratchFolder()
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
  for (const types of ['@types/node', 'undici-types'])
    symlinkSync(join(root, 'node_modules', types), join(project, 'node_modules', types))
  symlinkSync(root, join(project, 'node_modules/glassformer'))
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  const all = entries.map((_, i) => `e${i}`).join(', ')
  const modules = entries.map((name, i) => `import * as e${i} from '${name}'`)
  const required = entries.map((name, i) => `import e${i} = require('${name}')`)
  const plugin = (place: string) => `import plugin from 'glassformer/serve'\nexport const ${place}: Function = plugin\n`
  writeFileSync(join(project, 'a.mts'), `${modules.join('\n')}\nexport const all = [${all}]\n${plugin('ofModule')}`)
  writeFileSync(join(project, 'b.cts'), `${required.join('\n')}\nexport const all = [${all}]\n${plugin('required')}`)
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2024', 'esnext', 'dom'],
    preserveSymlinks: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })
  expect(stdout).toBe('')
}, 300_000)
