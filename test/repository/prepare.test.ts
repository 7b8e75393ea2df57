import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readText, root } from './repository.ts'

test('an installation from a folder or from git builds the package, or says what to do', () => {
  expect(JSON.parse(readText('package.json')).scripts.prepare).toBe('node scripts/prepare.mjs')
  const folder = scratchFolder()
  mkdirSync(join(folder, 'scripts'))
  cpSync(join(root, 'scripts/prepare.mjs'), join(folder, 'scripts/prepare.mjs'))
  const prepare = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { status, said: stdout + stderr }
  }
  expect(prepare().said).toMatch(/run npm ci and npm run setup/)
  writeFileSync(join(folder, 'package.json'), '{ "scripts": { "build": "node -e \'console.log(6 * 7)\'" } }')
  mkdirSync(join(folder, 'node_modules/typescript'), { recursive: true })
  expect(prepare()).toEqual({ status: 0, said: expect.stringMatching(/^42$/m) })
  mkdirSync(join(folder, 'dist/bundle'), { recursive: true })
  writeFileSync(join(folder, 'dist/bundle/index.js'), '')
  expect(prepare()).toEqual({ status: 0, said: '' })
})
