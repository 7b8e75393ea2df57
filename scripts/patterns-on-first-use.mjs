/**
 * Regular expressions with classes of Unicode, made when they are first used. V8 collects the characters of `\p{L}` each
 * time it parses a literal, which took a tenth of a short translation's processor time for patterns that it did not
 * need.
 */
import { parseAst } from 'rolldown/parseAst'
import { edited, referencesTo } from './references.mjs'

/** Turns constants of modules, `const LETTER = /\p{L}/u`, into functions of their bundles; `isOwn` chooses modules. */
export const patternsOnFirstUse = (isOwn) => ({
  name: 'patterns on first use',
  transform: (code, id) => (isOwn(id) ? withPatternsOnFirstUse(code) : undefined),
})

const HELPER = `function pattern$(source, flags) {
  let made
  return () => (made ??= new RegExp(source, flags))
}`

/** The module with a call in place of each reference to such a constant; undefined where it has none. */
export function withPatternsOnFirstUse(code) {
  if (!/\\p\{/i.test(code)) return undefined
  const { body } = parseAst(code)
  const patterns = body
    .filter(({ type, kind }) => type === 'VariableDeclaration' && kind === 'const')
    .flatMap(({ declarations }) => declarations.filter(({ init }) => /\\p\{/i.test(init?.regex?.pattern ?? '')))
  const names = patterns.map(({ id }) => id.name)
  const references = referencesTo(names, body, new Set(patterns), (name) => `${name}()`)
  const edits = patterns
    .filter(({ id }) => references.get(id.name))
    .flatMap(({ id, init: { start, end, regex } }) => [
      { start, end, text: `pattern$(${JSON.stringify(regex.pattern)}, ${JSON.stringify(regex.flags)})` },
      ...references.get(id.name),
    ])
  return edits.length ? `${edited(code, edits)}\n${HELPER}` : undefined
}
