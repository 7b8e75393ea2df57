import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findOnPath } from '../../scripts/native-build.mjs'
import { addonOf } from '../../scripts/prebuild/build.ts'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { barePath, installed, lackOfRegistry, quiet, run, TIMEOUT } from '../repository/installing.ts'
import { readJson, root } from '../repository/repository.ts'
import { linux, type Machine, machines, runOn } from './machines.ts'

const scratch = scratchFolder()
const { version } = readJson('package.json')
const made = run(root, process.execPath, [
  '--import',
  './scripts/typescript.mjs',
  'scripts/release.ts',
  '--dry-run',
  '--built',
  '--output',
  join(scratch, 'release'),
])
const tarball = join(scratch, 'release', `glassformer-${version}-self-contained.tgz`)
const tools = installed({ yarn: '1.22.22', pnpm: '10.34.8' })

const bare = barePath(scratch)

/** The clients, by their programs in JavaScript, and how each installs a tarball without its scripts. */
const clients = {
  npm: [realpathSync(findOnPath('npm')!), 'install', '--ignore-scripts', '--prefer-offline', ...quiet, tarball],
  pnpm: [join(tools.modules, 'pnpm/bin/pnpm.cjs'), 'add', '--ignore-scripts', '--prefer-offline', `file:${tarball}`],
  yarn: [join(tools.modules, 'yarn/bin/yarn.js'), 'add', '--ignore-scripts', '--prefer-offline', `file:${tarball}`],
}

interface Translated {
  texts: string[]
  backend: string
  binary: string
  isas: string[]
  passedOver: string[]
}

/** Installs into a folder of its own; the reason where it cannot be. */
function install(client: keyof typeof clients): { project: string; skipped?: string } {
  const project = join(scratch, client)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
  copyFileSync(join(root, 'test/platforms/translating.mjs'), join(project, 'translating.mjs'))
  if (client !== 'npm' && tools.skipped) return { project, skipped: tools.skipped }
  const env = { PATH: bare, XDG_DATA_HOME: join(scratch, 'data'), YARN_CACHE_FOLDER: join(scratch, 'yarn') }
  const { status, stdout, stderr } = run(project, process.execPath, clients[client], env)
  const skipped = status === 0 ? undefined : lackOfRegistry(stdout + stderr)
  if (!skipped) expect(status, stdout + stderr).toBe(0)
  return { project, skipped }
}

/** Whether the tarball carries the addon for a machine. */
const carried: string = readJson('package.json').files.find((path: string) => path.startsWith('prebuilds/'))
const isCarried = ({ prebuilt }: Machine) => /\{(.*)\}/.exec(carried)![1].split(',').includes(prebuilt)

/** Installs the tarball of the addon's package beside the self-contained one, as docs/platforms.md says. */
function installBeside(project: string, { prebuilt }: Machine): void {
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
  copyFileSync(join(root, 'test/platforms/translating.mjs'), join(project, 'translating.mjs'))
  const beside = join(scratch, 'release', `glassformer-${prebuilt}-${version}.tgz`)
  if (!existsSync(beside)) return
  const { status, stdout, stderr } = run(project, process.execPath, [...clients.npm, beside, '--force'])
  expect(status, stdout + stderr).toBe(0)
}

test('a release is made', () => {
  expect(made.status, made.stdout + made.stderr).toBe(0)
})

describe.each(Object.keys(clients) as (keyof typeof clients)[])('installed by %s without scripts', (client) => {
  test(
    'the package translates natively, by its prebuilt addon',
    (context) => {
      const { project, skipped } = install(client)
      context.skip(skipped !== undefined, skipped)
      context.skip(!existsSync(addonOf('linux-x64')), 'linux-x64 is not built: npm run prebuilds')
      const { stdout, stderr } = runOn(linux, project, ['translating.mjs'], { PATH: bare })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toMatchObject({
        backend: 'native',
        binary: expect.stringMatching(/prebuilds.linux-x64.glassformer\.node$/),
        texts: expect.arrayContaining(['I am a student.']),
      })
    },
    TIMEOUT,
  )
})

describe.each(machines())('on $name', (machine) => {
  const project = join(scratch, isCarried(machine) ? 'npm' : machine.prebuilt)
  let expected: string[] = []
  beforeAll(() => {
    if (!existsSync(project)) installBeside(project, machine)
    const { stdout } = runOn(linux, project, ['translating.mjs'], { GLASSFORMER_BACKEND: 'js' })
    expected = (JSON.parse(stdout || '{"texts":[]}') as Translated).texts
  })

  test('the package translates natively into the same words', (context) => {
    context.skip(machine.skipped !== undefined, machine.skipped)
    context.skip(!existsSync(addonOf(machine.prebuilt)), `${machine.prebuilt} is not built: npm run prebuilds`)
    const { stdout, stderr, status } = runOn(machine, project, ['translating.mjs'])
    const line = stdout.split('\n').findLast((each) => each.startsWith('{'))
    expect(line, `${status} ${stdout}${stderr}`).toBeDefined()
    const { texts, backend, binary, isas } = JSON.parse(line!) as Translated
    expect({ backend, binary }).toEqual({
      backend: 'native',
      binary: expect.stringMatching(new RegExp(`(prebuilds|@glassformer).${machine.prebuilt}.glassformer\\.node$`)),
    })
    if (machine.isas) expect(isas).toEqual(machine.isas)
    expect(texts).toEqual(expected)
    expect(status).toBe(0)
  })

  test('a process ends well after a worker that had loaded the addon', (context) => {
    context.skip(machine.skipped !== undefined, machine.skipped)
    context.skip(!existsSync(addonOf(machine.prebuilt)), `${machine.prebuilt} is not built: npm run prebuilds`)
    const code = `const { Worker } = require('node:worker_threads')
      const worker = new Worker('new (require(process.env.ADDON).Player)({ threads: 2 }).close()', { eval: true })
      worker.on('exit', (code) => console.log('ended', code))`
    const { status, signal, stdout } = runOn(machine, project, ['-e', code], { ADDON: addonOf(machine.prebuilt) })
    expect({ status, signal, stdout: stdout.trim() }).toEqual({ status: 0, signal: null, stdout: 'ended 0' })
  })
})
