import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { root } from '../../repository/repository.ts'
import { glassformer } from '../command.ts'

const folder = scratchFolder()

/** Whether there is such a process, and not only its number that nobody has asked for. */
function isRunning(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const copyScripts = (to: string) => {
  for (const name of ['native-build.mjs', 'node-gyp.mjs']) copyFileSync(join(root, 'scripts', name), join(to, name))
}

describe("node-gyp, which the package doesn't depend on", () => {
  const at = (...path: string[]) => join(folder, 'node-gyp', ...path)
  mkdirSync(at('package/scripts'), { recursive: true })
  copyScripts(at('package/scripts'))
  writeFileSync(at('package/package.json'), '{ "devDependencies": { "node-gyp": "1.2.3" } }')
  /** Results and messages of the scripts in a separate folder, far from the packages of this clone. */
  const asked = (code: string, env: NodeJS.ProcessEnv = {}) => {
    const script = `import * as nodeGyp from ${JSON.stringify(pathToFileURL(at('package/scripts/node-gyp.mjs')))}
      console.log(JSON.stringify(${code}))`
    const options = { cwd: at(), encoding: 'utf8', env: { PATH: '/nowhere', ...env } } as const
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options)
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  test("is npm's own", () => {
    const program = at('npm/node_modules/node-gyp/bin/node-gyp.js')
    mkdirSync(dirname(program), { recursive: true })
    mkdirSync(at('npm/bin'))
    for (const path of [program, at('npm/bin/npm-cli.js')]) writeFileSync(path, '')
    expect(asked('nodeGyp.findNodeGyp(() => undefined)', { npm_execpath: at('npm/bin/npm-cli.js') })).toBe(program)
    expect(asked(`nodeGyp.findNodeGyp(() => ${JSON.stringify(at('npm/bin/npm-cli.js'))})`)).toBe(program)
  })

  test('is downloaded on request by the installed package manager', () => {
    const client = at('pnpm')
    writeFileSync(
      client,
      `#!${process.execPath}\nrequire('node:fs').writeFileSync('asked.json', JSON.stringify(process.argv.slice(2)))`,
    )
    chmodSync(client, 0o755)
    expect(
      asked(`nodeGyp.fetchNodeGyp((name) => (name === 'pnpm' ? ${JSON.stringify(client)} : undefined)) ?? null`),
    ).toBeNull()
    const fetched = at('package/build/node-gyp')
    expect(JSON.parse(readFileSync(join(fetched, 'asked.json'), 'utf8'))).toEqual([
      ...['add', '--dir', fetched, '--ignore-scripts', 'node-gyp@1.2.3'],
    ])
    expect(asked('nodeGyp.fetchNodeGyp(() => undefined)')).toBe('there is no npm, pnpm or yarn to fetch it with')
  })
})

describe('glassformer build', () => {
  // A build that works is tested on an installed package (test/repository/package.test.ts).
  test('prints the reason of a failure in one paragraph, with status 1', async () => {
    const { code, stdout, stderr } = await glassformer(['build'], '', { PATH: '/nowhere', CXX: '' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('no C++ compiler')
  })

  test('reports a read-only package', async () => {
    mkdirSync(join(folder, 'scripts'))
    writeFileSync(join(folder, 'build'), '') // no folder can be made here, not by root either
    const script = join(folder, 'scripts', 'native-build.mjs')
    copyScripts(join(folder, 'scripts'))
    const { buildNative } = await import(pathToFileURL(script).href)
    const { built, reason } = await buildNative({ log: () => {}, toolchain: { missing: [] } })
    expect(built).toBe(false)
    expect(reason).toContain(`${join(folder, 'build')} cannot be written to (EEXIST)`)
  })

  test("prints each step and file in progress, and the compiler's messages about a failure", async () => {
    const at = (...path: string[]) => join(folder, 'steps', ...path)
    for (const path of ['scripts', 'native', 'node_modules/node-gyp/bin']) mkdirSync(at(path), { recursive: true })
    copyScripts(at('scripts'))
    copyFileSync(join(root, 'native', 'sources.json'), at('native', 'sources.json'))
    writeFileSync(at('binding.gyp'), '{}') // as in a clone
    writeFileSync(at('node_modules/node-gyp/package.json'), '{ "name": "node-gyp", "type": "commonjs" }')
    // Its second file is not compiled before the first has been told of.
    const code = `const { existsSync, writeFileSync } = require('node:fs')
      if (process.argv[2] === 'configure') process.exit()
      console.log('  CXX(target) Release/obj.target/glassformer/native/core/pool.o')
      const told = setInterval(() => {
        if (!existsSync('told')) return
        clearInterval(told)
        console.log('  CXX(target) Release/obj.target/glassformer/native/core/plan.o')
        console.error('plan.cc:7:3: error: expected a semicolon\\n    7 |   int rows\\n      |   ^')
        for (let i = 0; i < 100; i++) console.error('note ' + i)
        process.exitCode = 2
      }, 10)`
    writeFileSync(at('node_modules/node-gyp/bin/node-gyp.js'), code)
    const { buildNative } = await import(pathToFileURL(at('scripts', 'native-build.mjs')).href)
    const heard: unknown[] = []
    const result = await buildNative({
      log: (line: string) => heard.push(line),
      progress(file: unknown) {
        heard.push(file)
        writeFileSync(at('told'), '')
      },
      toolchain: { missing: [], compiler: 'my-c++', headers: '/usr', python: 'python3' },
    })
    const total = expect.any(Number)
    expect(heard).toEqual([
      'configuring the build, with the headers of /usr',
      expect.stringMatching(/^compiling with my-c\+\+, /),
      { done: 1, total, file: 'pool' },
      { done: 2, total, file: 'plan' },
    ])
    expect((heard[2] as { total: number }).total).toBeGreaterThan(10)
    expect(result.reason).toContain('the build failed (plan.cc:7:3: error: expected a semicolon)')
    expect(result.output).toContain(
      'plan.cc:7:3: error: expected a semicolon\n    7 |   int rows\n      |   ^\nnote 0\n',
    )
    expect(result.output).toMatch(/\n… \d+ more lines$/)
    expect(result.output.split('\n').length).toBeLessThan(50)
  })

  test.skipIf(process.platform !== 'linux').each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s ends all child processes, which would write into the folder of the next build',
    async (signal, status) => {
      const project = join(folder, signal)
      const at = (...path: string[]) => join(project, ...path)
      mkdirSync(at('scripts'), { recursive: true })
      mkdirSync(at('node_modules/node-gyp/bin'), { recursive: true })
      copyScripts(at('scripts'))
      writeFileSync(at('binding.gyp'), '{}') // as in a clone
      writeFileSync(at('node_modules/node-gyp/package.json'), '{ "name": "node-gyp", "type": "commonjs" }')
      // It starts a program that does not end, as node-gyp starts make.
      const forEver = `['-e', 'setInterval(() => {}, 1000)']`
      const code = `const { pid } = require('node:child_process').spawn(process.execPath, ${forEver})
      require('node:fs').writeFileSync('started', process.pid + ' ' + pid)
      setInterval(() => {}, 1000)`
      writeFileSync(at('node_modules/node-gyp/bin/node-gyp.js'), code)
      writeFileSync(
        at('build.mjs'),
        `import { buildNative } from './scripts/native-build.mjs'
      await buildNative({ log() {}, toolchain: { missing: [], compiler: 'c++', headers: '/usr', python: 'python3' } })`,
      )
      const building = spawn(process.execPath, [at('build.mjs')], { stdio: 'ignore' })
      const ended = once(building, 'exit')
      const started = () => (existsSync(at('started')) ? readFileSync(at('started'), 'utf8').split(' ') : [])
      while (started().length < 2) await sleep(20)
      expect(started().map(isRunning)).toEqual([true, true])
      building.kill(signal)
      expect(await ended).toEqual([status, null])
      while (started().some(isRunning)) await sleep(20)
    },
  )
})
