/** Where constants and imports of a module are used, for changes of modules as they are bundled. */

/**
 * The edits that put `textOf(name)` in place of each reference to these names, by name. `declarations` are the nodes that
 * declare them. Null for a name that the module exports or may declare once more.
 */
export function referencesTo(names, body, declarations, textOf) {
  const found = new Map(Array.from(names, (name) => [name, []]))
  for (const { node, parent, key, isBound } of identifiers(body)) {
    const { name, start, end } = node
    const edits = found.get(name)
    if (!edits || declarations.has(parent) || isName(parent, key)) continue
    if (isBound || /Specifier$|^Export/.test(parent.type)) found.set(name, null)
    else edits.push({ start, end, text: `${parent.shorthand ? `${name}: ` : ''}${textOf(name)}` })
  }
  return found
}

/** The text with other texts in place of parts of it, `{ start, end, text }`. */
export const edited = (code, edits) =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((changed, { start, end, text }) => changed.slice(0, start) + text + changed.slice(end), code)

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

/** Whether an identifier is a name within an object or a class, which refers to nothing; the short form `{ a }` has `a` twice. */
const isName = ({ type, computed }, key) =>
  !computed && (key === 'property' || (key === 'key' && /Property|Method/.test(type)))
