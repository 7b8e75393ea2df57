/**
 * Regular expressions with classes of Unicode, made when they are first used. V8 collects the characters of `\p{L}` each
 * time it parses a literal, which took a tenth of a short translation's processor time for patterns that it did not
 * need.
 */
import { parseAst } from 'rolldown/parseAst'

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
  const patterns = new Map(
    body
      .filter(({ type, kind }) => type === 'VariableDeclaration' && kind === 'const')
      .flatMap(({ declarations }) => declarations.filter(({ init }) => /\\p\{/i.test(init?.regex?.pattern ?? '')))
      .map(({ id, init }) => [id.name, { init, calls: [] }]),
  )
  for (const { node, parent, key, isBound } of identifiers(body)) {
    const pattern = patterns.get(node.name)
    if (!pattern || parent.init === pattern.init || isName(parent, key)) continue
    if (isBound || parent.shorthand || /Specifier$|^Export/.test(parent.type)) patterns.delete(node.name)
    else pattern.calls.push(node)
  }
  if (!patterns.size) return undefined
  const edits = [...patterns.values()].flatMap(({ init, calls }) => [
    { ...init, text: `pattern$(${JSON.stringify(init.regex.pattern)}, ${JSON.stringify(init.regex.flags)})` },
    ...calls.map(({ start, end, name }) => ({ start, end, text: `${name}()` })),
  ])
  let changed = code
  for (const { start, end, text } of edits.sort((a, b) => b.start - a.start))
    changed = changed.slice(0, start) + text + changed.slice(end)
  return `${changed}\n${HELPER}`
}

/**
 * Every identifier below a node, with the node and the property that it stands in, and whether it may declare a variable
 * there, which would hide the constant.
 */
function* identifiers(node, parent, key, isBound = false) {
  if (Array.isArray(node)) for (const each of node) yield* identifiers(each, parent, key, isBound)
  else if (node?.type === 'Identifier') yield { node, parent, key, isBound }
  else if (node?.type)
    for (const [name, value] of Object.entries(node))
      if (typeof value === 'object')
        yield* identifiers(value, node, name, isBound || BINDING.has(name) || node.type.endsWith('Pattern'))
}

/** Properties with the names that functions, classes, declarations and `catch` declare. */
const BINDING = new Set(['params', 'id', 'param'])

/** Whether an identifier is a name within an object or a class, which refers to no constant. */
const isName = ({ type, computed, shorthand }, key) =>
  !computed && !shorthand && (key === 'property' || (key === 'key' && /Property|Method/.test(type)))
