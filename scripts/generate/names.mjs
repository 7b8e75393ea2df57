/** Spellings of op table names in generated files. */

/** 'dRelativeKeys' → 'd_relative_keys' */
export const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
/** 'layerNorm' → 'layer-norm' */
export const kebab = (name) => snake(name).replaceAll('_', '-')
/** 'layerNorm' → 'LayerNorm' */
export const pascal = (name) => name[0].toUpperCase() + name.slice(1)
/** 'bias?' → 'bias' */
export const optionalName = (declared) => declared.replace('?', '')

/** The first line of every generated file. */
export const HEAD = '// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.\n'
