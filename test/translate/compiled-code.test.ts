import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { compiledPath } from '#dist/compiled-code.js'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-compiled-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a process without flags, which V8 would take into account, says of a file: `code` is told its script. */
function inNode(path: string, code: string): unknown {
  const compiledCode = JSON.stringify(new URL('../../dist/compiled-code.js', import.meta.url))
  const program = `import { scriptOf } from ${compiledCode}
    const path = ${JSON.stringify(path)}
    const script = scriptOf(path)
    ${code}`
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env,
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('what V8 compiled of a file', () => {
  it('is kept of the worker of the bundle, and taken', (context) => {
    const bundle = fileURLToPath(new URL('../../dist/bundle/', import.meta.url))
    const worker = join(bundle, 'worker.cjs')
    const kept = readdirSync(bundle).filter((name) => name.endsWith('.compiled'))
    context.skip(kept.length > 0 && !existsSync(compiledPath(worker)), `dist/ is of another Node.js: ${kept}`)
    expect(existsSync(compiledPath(worker))).toBe(true)
    expect(inNode(worker, 'console.log(script.cachedDataRejected)')).toBe(false)
  })

  it('may be what cannot be read: the code runs without it', () => {
    const path = join(folder, 'unread.cjs')
    writeFileSync(path, 'return 6 * 7')
    mkdirSync(compiledPath(path))
    expect(inNode(path, 'console.log(script.runInThisContext()())')).toBe(42)
  })

  it('is refused where it is of another V8, of other code, or cut off: the code runs all the same', () => {
    const path = join(folder, 'code.cjs')
    const run = `const answer = script.runInThisContext()((name) => name, path)
      console.log(JSON.stringify({ refused: script.cachedDataRejected, answer }))`
    const code = 'return [require("a"), 6 * 7, __filename]'
    writeFileSync(path, code)
    const answer = ['a', 42, path]
    expect(inNode(path, run)).toEqual({ answer })

    inNode(
      path,
      `import { writeFileSync } from 'node:fs'
      writeFileSync(${JSON.stringify(compiledPath(path))}, script.createCachedData())
      console.log('null')`,
    )
    expect(inNode(path, run)).toEqual({ refused: false, answer })
    const kept = readFileSync(compiledPath(path))
    const version = Uint8Array.from(kept)
    version[4] ^= 1 // behind the magic number: a hash of V8's version
    for (const changed of [version, kept.subarray(0, kept.length / 2), kept.subarray(0, 3), new Uint8Array(0)]) {
      writeFileSync(compiledPath(path), changed)
      expect(inNode(path, run)).toEqual({ refused: true, answer })
    }
    writeFileSync(compiledPath(path), kept)
    writeFileSync(path, `${code} // longer`)
    expect(inNode(path, run)).toEqual({ refused: true, answer })
  })
})
