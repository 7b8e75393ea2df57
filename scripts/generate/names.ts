/** Spellings of op table names in generated files. */

/** 'dRelativeKeys' → 'd_relative_keys' */
export const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
/** 'layerNorm' → 'layer-norm' */
export const kebab = (name: string) => snake(name).replaceAll('_', '-')
/** 'layerNorm' → 'LayerNorm' */
export const pascal = (name: string) => name[0].toUpperCase() + name.slice(1)
/** 'bias?' → 'bias' */
export const optionalName = (declared: string) => declared.replace('?', '')

/**
 * The op after which the files of an op are named: itself, or for a gradient, the op of `rows` that it belongs to.
 * 'linearInputGradient' → 'linear'; 'normWeightGradient', which several ops share, → itself.
 */
export function fileName(name: string, rows: readonly { name: string }[]): string {
  if (!name.endsWith('Gradient')) return name
  const owners = rows.map((row) => row.name).filter((owner) => owner !== name && name.startsWith(owner))
  const isWhole = (owner: string) => /^[A-Z]/.test(name.slice(owner.length))
  return owners.filter(isWhole).sort((a, b) => b.length - a.length)[0] ?? name
}

/** The first line of every generated file. */
export const HEAD = '// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.\n'
