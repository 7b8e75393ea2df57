import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { installed, run, TIMEOUT } from './installing.ts'
import { readText, root } from './repository.ts'

/** The TypeScript of docs/api.md as one program: each piece goes on with what the first has made. */
function documentedCode(): { imports: string; body: string } {
  const pieces = Array.from(readText('docs/api.md').matchAll(/^```ts\n(.*?)^```/gms), ([, code]) => code)
  const isImport = (line: string) => line.startsWith('import ')
  const lines = pieces.map((code) => code.split('\n'))
  const imports = new Set(lines.flat().filter(isImport))
  const [first, ...others] = lines.map((code) => code.filter((line) => !isImport(line)).join('\n'))
  return { imports: [...imports].join('\n'), body: [first, ...others.map((code) => `{\n${code}\n}`)].join('\n') }
}

const { imports, body } = documentedCode()

/** A user's program in CommonJS: a class and a type of the package by each kind of import, and the code of docs/api.md. */
const commonJs = `
${imports}
import { GlassformerError, type Translation } from 'glassformer'
import glassformer = require('glassformer')
class Refused extends GlassformerError {}
export async function code() {
${body}
}
export async function translated(model: glassformer.Translator): Promise<Translation> {
  const { Translator: imported } = await import('glassformer')
  const same: Translator = await imported.load(new URL('file:///models/en-fr'), { threads: 1 })
  try {
    return (await same.translate(['a', 'b'], { signal: AbortSignal.timeout(9) }))[0] ?? model.translateSync('a')
  } catch (error) {
    if (error instanceof glassformer.GlassformerError && !(error instanceof Refused)) throw new Refused(error.code, 'no')
    throw error
  }
}`

const versions = () => installed({ oldest: 'npm:typescript@5.7.3', newest: 'npm:typescript@7.0.2' })

const project = scratchFolder()
mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
for (const types of ['@types/node', 'undici-types'])
  symlinkSync(join(root, 'node_modules', types), join(project, 'node_modules', types))
symlinkSync(root, join(project, 'node_modules/glassformer'))
writeFileSync(join(project, 'package.json'), '{ "private": true }')
writeFileSync(join(project, 'module.mts'), `${imports}\n${body}`)
for (const name of ['common.ts', 'common.cts']) writeFileSync(join(project, name), commonJs)
// Every entry, without the libraries that are bundled and without those that only some users install.
writeFileSync(
  join(project, 'entries.mts'),
  `import { initialize } from 'glassformer/inspect'
import { deadLetters, work } from 'glassformer/queue'
import { glassformer, serve } from 'glassformer/serve'
import { pipeline } from 'glassformer/transformers'
export const all = [deadLetters, glassformer, pipeline, serve, initialize, work]`,
)
const config = {
  compilerOptions: { noEmit: true, strict: true, noUncheckedIndexedAccess: true, module: 'nodenext', target: 'es2022' },
  include: ['*'],
}
writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config))

describe('the code of docs/api.md, in ES modules and in CommonJS, with noUncheckedIndexedAccess', () => {
  test('is there', () => {
    expect(imports).toContain("'glassformer'")
    expect(body).toMatch(/translate[\s\S]*\battention\b/)
  })

  test.for([
    ['5.7', 'oldest'],
    ['7.0', 'newest'],
  ])('compiles with TypeScript %s', { timeout: TIMEOUT }, ([version, name], context) => {
    const { modules, skipped } = versions()
    context.skip(skipped !== undefined, skipped)
    const tsc = join(modules, name, 'bin/tsc')
    expect(run(project, process.execPath, [tsc, '--version']).stdout).toContain(version)
    // Nothing is said of the package's own types either (skipLibCheck is off).
    expect(run(project, process.execPath, [tsc, '--preserveSymlinks']).stdout).toBe('')
  })

  test('compiles with the TypeScript of this package, where others are not to be had', (context) => {
    context.skip(versions().skipped === undefined, 'the oldest and the newest say enough')
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    expect(run(project, process.execPath, [tsc, '--preserveSymlinks']).stdout).toBe('')
  })
})
