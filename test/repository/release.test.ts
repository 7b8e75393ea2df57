import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { installed, run, TIMEOUT } from './installing.ts'
import { readJson, root } from './repository.ts'

const release = join(scratchFolder(), 'release')
const staged = join(release, 'packages')

beforeAll(() => {
  const made = run(root, process.execPath, [
    '--import',
    './scripts/typescript.mjs',
    'scripts/release.ts',
    '--dry-run',
    '--built',
    '--output',
    release,
  ])
  expect(made.status, made.stdout + made.stderr).toBe(0)
}, TIMEOUT)

interface Component {
  name: string
  version: string
  purl: string
}
interface List {
  components: Component[]
  metadata: { component: Component }
}

/** The folders of the packages: glassformer, its models, and the addons that have been built here. */
const packages = () => readdirSync(staged).map((name) => join(staged, name))
const listIn = (folder: string): List => JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'))

test(
  "every list of components follows the schema of CycloneDX 1.6, as CycloneDX's library says",
  async (context) => {
    const { modules, skipped } = installed({
      '@cyclonedx/cyclonedx-library': '10.3.0',
      ajv: '8.17.1',
      'ajv-formats': '3.0.1',
      'ajv-formats-draft2019': '1.6.1',
    })
    context.skip(skipped !== undefined, skipped)
    const library = join(modules, '@cyclonedx/cyclonedx-library/dist.node/index.node.js')
    const { Spec, Validation } = (await import(pathToFileURL(library).href)).default
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
    for (const folder of [release, ...packages()])
      expect(await validator.validate(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8')), folder).toBeNull()
    expect(await validator.validate(JSON.stringify({ ...listIn(release), bomFormat: 'another' }))).not.toBeNull()
  },
  TIMEOUT,
)

test('the checksums are those of all files, as sha256sum says', () => {
  const { status, stdout } = spawnSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: release, encoding: 'utf8' })
  expect(status, stdout).toBe(0)
  const files = readdirSync(release).filter((name) => !['SHA256SUMS', 'packages'].includes(name))
  expect(stdout.trim().split('\n').sort()).toEqual(files.map((name) => `${name}: OK`).sort())
})

test('every package has its license, a list of itself, and the licenses of all that it contains of others', () => {
  expect(packages().length).toBeGreaterThanOrEqual(4)
  for (const folder of packages()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const { components, metadata } = listIn(folder)
    expect(metadata.component).toMatchObject({ name, version })
    expect(license, name).toMatch(/^(Apache-2\.0|MIT)$/)
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8'), name).toMatch(
      license === 'MIT' ? /MIT License/ : /Apache License/,
    )
    if (!components.length) continue
    const texts = ['.', 'dist/bundle', 'wasm']
      .map((each) => join(folder, each, 'THIRD-PARTY-LICENSES.txt'))
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n')
    for (const each of components) expect(texts, name).toContain(`\n${each.name} ${each.version} (`)
  }
})

test('a bundle names every package of others that has code in it', () => {
  const bundled = JSON.parse(readFileSync(join(root, 'dist/bundled-packages.json'), 'utf8')) as string[]
  const listed = listIn(join(staged, 'glassformer')).components.map(({ name }) => name)
  expect(listed).toEqual(expect.arrayContaining(bundled.map((folder) => folder.replace(/^.*node_modules\//, ''))))
})

test('the self-contained tarball is below 15 MB', () => {
  const { version } = readJson('package.json')
  const { size } = statSync(join(release, `glassformer-${version}-self-contained.tgz`))
  expect(size).toBeGreaterThan(5e6) // the embedded model alone
  expect(size).toBeLessThan(15e6)
})
