import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { ended, start } from '../cli/command.ts'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { readJson, root } from './repository.ts'

const scratch = scratchFolder()
writeFileSync(join(scratch, 'package.json'), '{ "name": "a-server" }')
writeFileSync(
  join(scratch, 'server.mjs'),
  `import { Translator } from ${JSON.stringify(join(root, 'dist/bundle/index.js'))}
  Translator.load(undefined, { workers: 1 })
    .then(async (translator) => {
      console.log((await translator.translate('Je suis étudiant.')).text)
      await translator.close()
    })
    .catch((error) => console.error(error.code, error.message))`,
)

/** Runs a program that has been bundled with the package; runtime-tests/ has other bundlers. */
async function bundled(name: string, define: Record<string, string> = {}) {
  const bundle = await rolldown({ input: join(scratch, 'server.mjs'), platform: 'node', transform: { define } })
  await bundle.write({ dir: join(scratch, name), entryFileNames: 'server.mjs' })
  await bundle.close()
  return () => spawnSync(process.execPath, [join(scratch, name, 'server.mjs')], { encoding: 'utf8' })
}

test.each([
  ['as it is', {}],
  ['as CommonJS, where modules have no address', { 'import.meta.url': 'undefined' }],
])('a bundle away from the package, %s, says what to do, and works when it is done', async (name, define) => {
  const run = await bundled(name, define)
  if (name === 'as it is') {
    expect(run().stderr).toMatch(/^ERR_UNSUPPORTED Glassformer has been bundled.*'npx glassformer files FOLDER'/)
    const { code, stderr, stdout } = await ended(start(['files', join(scratch, name)]))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/glassformer: \d+ files, [\d.]+ MB, for \w+-\w+\n$/)
    expect(run()).toMatchObject({ stdout: 'I am a student.\n', stderr: '' })
  } else expect(run().stderr).toMatch(/--external:glassformer.*serverExternalPackages/)
})

test('a package of another version beside a bundle is passed over, and named', async () => {
  const run = await bundled('of another version')
  const other = join(scratch, 'of another version/node_modules/glassformer')
  mkdirSync(other, { recursive: true })
  writeFileSync(join(other, 'package.json'), '{ "name": "glassformer", "version": "9.8.7" }')
  expect(run().stderr).toMatch(/node_modules\/glassformer\/ is of version 9\.8\.7, and the bundled code of \d/)
})

test('glassformer files enters what it has copied into a configuration of single executables, once', async () => {
  const config = join(scratch, 'sea-config.json')
  writeFileSync(config, '{ "main": "server.cjs", "assets": { "own": "own.txt", "glassformer/old": "old" } }')
  for (const model of ['fr-en', 'none']) {
    const { code, stderr } = await ended(start(['files', scratch, '--model', model, '--sea', config]))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  }
  const { main, assets } = JSON.parse(readFileSync(config, 'utf8'))
  expect(main).toBe('server.cjs')
  expect(Object.keys(assets)).toEqual(
    expect.arrayContaining([
      'own',
      'glassformer/files.json',
      'glassformer/package.json',
      'glassformer/dist/bundle/worker-entry.cjs',
    ]),
  )
  expect(Object.keys(assets)).not.toContain('glassformer/old')
  expect(Object.keys(assets)).not.toContain('glassformer/models/fr-en/model.safetensors')
  for (const path of Object.values<string>(assets)) if (path !== 'own.txt') expect(existsSync(path), path).toBe(true)
})

test('glassformer files takes no addon from a package of another version', () => {
  const own = join(scratch, 'installed/node_modules/glassformer')
  for (const path of ['package.json', 'dist/bundle', 'models/silero-vad-v6'])
    cpSync(join(root, path), join(own, path), { recursive: true })
  const addon = join(scratch, 'installed/node_modules/@glassformer/linux-arm64')
  mkdirSync(addon, { recursive: true })
  const filesWith = (version: string) => {
    writeFileSync(join(addon, 'package.json'), JSON.stringify({ name: '@glassformer/linux-arm64', version }))
    writeFileSync(join(addon, 'glassformer.node'), 'an addon')
    const args = ['files', join(scratch, version), '--platform', 'linux-arm64', '--model', 'none']
    return spawnSync(process.execPath, [join(own, 'dist/bundle/glassformer.js'), ...args], { encoding: 'utf8' })
  }
  const { version } = readJson('package.json')
  const refused = filesWith('0.0.1')
  expect(refused.stderr).toContain(`@glassformer/linux-arm64 has version 0.0.1, and glassformer ${version}`)
  expect(refused.status).toBe(1)
  expect(filesWith(version)).toMatchObject({ status: 0, stderr: '' })
  const copied = join(scratch, version, 'glassformer/prebuilds/linux-arm64/glassformer.node')
  expect(readFileSync(copied, 'utf8')).toBe('an addon')
})

test('glassformer files refuses what it cannot do', async () => {
  const other = ['darwin-arm64', 'win32-x64'].find((name) => !existsSync(join(root, 'prebuilds', name)))
  if (other)
    expect(await ended(start(['files', scratch, '--platform', other]))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(`there is no addon for ${other} here \\(.*\\): npm install --force @glassformer/${other}@\\d`),
      ),
    })
  expect(await ended(start(['files', scratch, '--platform', 'plan9']))).toMatchObject({ code: 2 })
  const config = join(scratch, 'broken.json')
  writeFileSync(config, '[]')
  expect(await ended(start(['files', scratch, '--sea', config]))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/broken\.json is no configuration in JSON/),
  })
  rmSync(join(scratch, 'glassformer'), { recursive: true })
  writeFileSync(join(scratch, 'glassformer'), '')
  const file = join(scratch, 'glassformer')
  const { code, stderr } = await ended(start(['files', file]))
  expect(code).toBe(1)
  expect(stderr).toContain('cannot be copied to')
  expect(readJson('package.json').bin).toHaveProperty('glassformer')
})
