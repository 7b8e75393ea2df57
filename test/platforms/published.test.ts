import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedPackages, publishedRelease } from '../../runtime-tests/registry.mjs'
import { findOnPath } from '../../scripts/native-build.mjs'
import { addonOf } from '../../scripts/prebuild/build.ts'
import { root } from '../repository/repository.ts'
import { type Machine, machines, runOn } from './machines.ts'

/** Largest download besides the models, in bytes. */
const MOST = 4e6

const npm = realpathSync(findOnPath('npm')!)

/**
 * The options for what npm would find on a whole system: here it takes the kind of C library from /usr/bin/ldd, and under wine it has no
 * network, so that it runs outside.
 */
const platforms: Record<string, string[]> = {
  'linux-x64-musl': ['--libc=musl'],
  'win32-x64': ['--os=win32', '--cpu=x64'],
}

/** One machine of each platform. */
const onePerPlatform = machines().filter(
  ({ prebuilt }, i, all) => all.findIndex((each) => each.prebuilt === prebuilt) === i,
)

describe('a release, published to a registry on this machine', () => {
  let registry: Awaited<ReturnType<typeof publishedRelease>> | undefined
  let reason: string | undefined
  beforeAll(async () => {
    const platforms = onePerPlatform.map(({ prebuilt }) => prebuilt).filter((name) => existsSync(addonOf(name)))
    await publishedRelease(platforms).then(
      (published) => {
        registry = published
      },
      (error: Error) => {
        if (error.constructor.name !== 'Skipped') throw error
        reason = error.message
      },
    )
  })
  afterAll(() => registry?.close())

  test.for(onePerPlatform)('npm i glassformer translates natively on $name', (machine, context) => {
    const lacking =
      machine.skipped ?? reason ?? (existsSync(addonOf(machine.prebuilt)) ? undefined : NOT_BUILT(machine))
    context.skip(lacking !== undefined, lacking)
    const { folder, env, release } = registry!
    const project = join(folder, machine.prebuilt)
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
    copyFileSync(join(root, 'test/platforms/translating.mjs'), join(project, 'translating.mjs'))
    const install = [
      npm,
      'install',
      'glassformer',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      ...(platforms[machine.prebuilt] ?? []),
    ]
    const npmRan = runOn(machine.prebuilt.startsWith('win32') ? here : machine, project, install, env)
    expect(npmRan.status, npmRan.stdout + npmRan.stderr).toBe(0)

    const { bytes, addons } = installedPackages(project, release)
    expect(addons).toEqual([`@glassformer/${machine.prebuilt}`])
    expect(bytes.glassformer + bytes[addons[0]]).toBeLessThan(MOST)

    const { stdout, stderr, status } = runOn(machine, project, ['translating.mjs'])
    const line = stdout.split('\n').findLast((each) => each.startsWith('{'))
    expect(line, `${status} ${stdout}${stderr}`).toBeDefined()
    expect(JSON.parse(line!)).toMatchObject({
      backend: 'native',
      binary: expect.stringMatching(new RegExp(`@glassformer.${machine.prebuilt}.glassformer\\.node$`)),
      texts: expect.arrayContaining(['I am a student.']),
    })
  })
})

const here: Machine = { name: 'this machine', prebuilt: '', command: [process.execPath], env: {} }
const NOT_BUILT = ({ prebuilt }: Machine) => `${prebuilt} is not built: npm run prebuilds`
