import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { quiet, run } from './installing.ts'
import { readJson, readText, root } from './repository.ts'

const readme = readText('README.md')

describe('README', () => {
  test('has at most 90 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(90)
  })

  test('prints in its first program what the comment says, in a project that has installed the clone as it says', () => {
    const [, program, output] = /```js\n(.*?console\.log\(text\)) \/\/ ([^\n]*)\n```/s.exec(readme)!
    const [, install] = /^npm (install \S+)/m.exec(readme)!
    // The project lies beside a folder `glassformer`, which is the clone.
    const scratch = scratchFolder()
    const project = join(scratch, 'project')
    mkdirSync(project)
    symlinkSync(root, join(scratch, 'glassformer'))
    writeFileSync(join(project, 'package.json'), '{ "private": true }')
    writeFileSync(join(project, 'first.mjs'), program!)
    const npm = run(project, 'npm', [...install!.split(' '), ...quiet, '--offline'])
    expect(npm.status, npm.stderr).toBe(0)
    expect(run(project, process.execPath, ['first.mjs']).stdout).toBe(`${output}\n`)
  })
})

test('docs/performance.md describes the embedded model as it is', () => {
  const config = readJson('models/fr-en/config.json')
  const { encoder_layers, decoder_layers, d_model, encoder_attention_heads, encoder_ffn_dim, vocab_size } = config
  expect(readText('docs/performance.md').replaceAll('\n', ' ')).toContain(
    `${encoder_layers} + ${decoder_layers} layers, width ${d_model}, ${encoder_attention_heads} heads, ` +
      `feed-forward ${encoder_ffn_dim}, vocabulary ${vocab_size.toLocaleString('en')}`,
  )
})
