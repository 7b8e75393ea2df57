import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { committedFiles, readJson, readText, root } from './repository.ts'

const files = committedFiles()

/** Put together here, so that this file does not contain what it looks for. */
const machinePath = new RegExp(`(?<![\\w.~:/-])/(${['work', 'root', 'home', 'Users'].join('|')})/\\w`)
const registryHost = new RegExp(
  `(${['registry[.]npmjs', 'registry[.]yarnpkg', 'files[.]pythonhosted', 'pypi', 'deb[.]debian', 'crates'].join('|')})[.](org|com|io)`,
)

/** Large binaries (weights, tokenizers) hold no text worth a look. */
function textOf(path: string): string {
  const full = join(root, path)
  if (statSync(full).size > 4_000_000) return ''
  const bytes = readFileSync(full)
  return bytes.subarray(0, 8192).includes(0) ? '' : bytes.toString('utf8')
}

const linesWith = (pattern: RegExp) =>
  files!.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : [])),
  )

describe.skipIf(files === null)('committed files', () => {
  test('contain no absolute path of a machine', () => expect(linesWith(machinePath)).toEqual([]))

  test('name no host of a package registry', () => expect(linesWith(registryHost)).toEqual([]))

  test('are named after their content', () => {
    const vague = /^(utils?|helpers?|common|misc)([.-]|$)/i
    expect(files!.filter((path) => path.split('/').some((part) => vague.test(part)))).toEqual([])
  })

  test('include nothing that a build makes', () => {
    expect(files!.filter((path) => /^(dist|build[\w-]*|node_modules|\.setup)\//.test(path))).toEqual([])
    expect(files!.filter((path) => /\.(node|o|tgz|log)$/.test(basename(path)))).toEqual([])
  })
})

describe('package.json', () => {
  const manifest = readJson('package.json')

  test('pins every dependency to an exact version', () => {
    const versions = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  test('agrees with the lock file, which has no download URLs', () => {
    const lock = readJson('package-lock.json')
    expect(lock.version).toBe(manifest.version)
    for (const kind of ['dependencies', 'devDependencies']) expect(lock.packages[''][kind]).toEqual(manifest[kind])
    expect(readText('package-lock.json')).not.toContain('"resolved"')
  })

  test('has its version in the changelog', () => expect(readText('CHANGELOG.md')).toContain(`## ${manifest.version}`))
})
