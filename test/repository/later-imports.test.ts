import { describe, expect, it } from 'vitest'
import { withLaterImports, withRequires } from '../../scripts/later-imports.mjs'

const numberOf = (source: string) => ['./wasm.js', './sound.js'].indexOf(source)

describe('imports for later', () => {
  it('are evaluated where a name of theirs is used, and other imports at once', () => {
    const code = `import { Player } from './player.js'
import { open as openWasm, Home } from './wasm.js'
export const player = () => new Home(openWasm(), { Home, Player, open: 1 }.open)`
    expect(withLaterImports(code, numberOf)).toBe(`import { Player } from './player.js'

export const player = () => new (later$().later0.Home)((later$().later0.open)(), { Home: (later$().later0.Home), Player, open: 1 }.open)
var laterModules$
function later$() { return (laterModules$ ??= requiredLater$(import('worker-later'))) }`)
  })

  it('are none in a module without a source for later', () => {
    expect(withLaterImports(`import { a } from './player.js'\na()`, numberOf)).toBeUndefined()
  })

  it.each([
    ['exports it', `import { a } from './sound.js'\nexport { a }`],
    ['may hide it', `import { a } from './sound.js'\nexport const f = (a) => a`],
  ])('are refused where a module %s', (_, code) => {
    expect(() => withLaterImports(code, numberOf)).toThrow(/sound\.js .*cannot be imported later/)
  })

  it('become calls of require, and what all files share is in the first', () => {
    const files = [
      {
        fileName: 'worker.cjs',
        isEntry: true,
        code: `const shared = require("./errors-1.cjs");\nexports.f = () => requiredLater$(Promise.resolve().then(() => require("./worker-later-2.cjs")))`,
      },
      {
        fileName: 'worker-later-2.cjs',
        isEntry: false,
        code: `const errors = require("./errors-1.cjs");\nexports.e = errors.e`,
      },
      { fileName: 'errors-1.cjs', isEntry: false, code: 'exports.e = 1' },
    ]
    const [worker, later, ...others] = withRequires(files)
    expect(others).toEqual([])
    expect(worker.code).toContain('exports.f = () => require("./worker-later-2.cjs")')
    expect(worker.code).toContain(
      'const shared = exports.shared$ = ((exports) => {\nexports.e = 1\nreturn exports\n})({});',
    )
    expect(later.code).toBe(`const errors = require("./worker.cjs").shared$;\nexports.e = errors.e`)
  })
})
