/** The TypeScript files that are generated from the rows of the op table. */
import type { AttributeRule, OpRow } from '#dist/engine/program/instructions/instruction.js'
import { fileName, HEAD, kebab, optionalName, pascal } from './names.ts'

/** The files of the rows, without their endings, in the order of the rows. */
const filesOf = (rows: readonly OpRow[]) => [...new Set(rows.map(({ name }) => kebab(fileName(name, rows))))]

/** src/engine/program/op-table.ts */
export const opTableFile = (rows: readonly OpRow[]) => `${HEAD}
/** Importing this file fills the op table with every op. */
${filesOf(rows)
  .map((file) => `import './ops/${file}.ts'`)
  .join('\n')}
import { opSignature } from './declaration.ts'
import { opTable } from './instructions/op.ts'

export { opTable }

/** The signatures that an addon must have to play every op. */
export const opSignatures = (): string[] => [...opTable.values()].map(opSignature)
`

const words = (list: readonly string[]) => list.map((word) => `'${word}'`).join(' | ')
const typeOf = (rule: AttributeRule) =>
  typeof rule !== 'string' ? words(rule) : rule === 'boolean' ? 'boolean' : 'number'
const operand = (declared: string) => `    ${optionalName(declared)}: Matrix${declared.endsWith('?') ? ' | null' : ''}`

function operandsOf({ name, inputs, outputs, attributes }: OpRow): string {
  const rules = Object.entries(attributes).map(([attribute, rule]) => `    ${attribute}: ${typeOf(rule)}`)
  return `  ${name}: {\n${[...inputs.map(operand), ...outputs.map(operand), ...rules].join('\n')}\n  }`
}

/** src/engine/backend/js/operands/operands.ts */
export const operandsFile = (rows: readonly OpRow[]) => `${HEAD}
import type { Matrix } from '../../interface/backend.ts'

/** The arguments of each op's kernel: its inputs, then its outputs, then its attributes. */
export interface Operands {
${rows.map(operandsOf).join('\n')}
}
`

/** src/engine/backend/js/kernels.ts. \`sourceOf(name)\` is the text of an op's file; the file may export a check. */
export function kernelsFile(rows: readonly OpRow[], sourceOf: (name: string) => string): string {
  const entries = rows.map(({ name }) => {
    const check = `check${pascal(name)}`
    return { name, check: new RegExp(`^export const ${check}\\b`, 'm').test(sourceOf(name)) ? check : null }
  })
  const imports = filesOf(rows).map((file) => {
    const own = entries.filter(({ name }) => kebab(fileName(name, rows)) === file)
    const names = own.flatMap(({ name, check }) => (check ? [check, name] : [name])).sort()
    const line = `import { ${names.join(', ')} } from './ops/${file}.ts'`
    return line.length <= 120
      ? line
      : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from './ops/${file}.ts'`
  })
  const members = entries.map(({ name, check }) => `  ${name}: { kernel: ${name}${check ? `, check: ${check}` : ''} },`)
  return `${HEAD}
import type { JsOps } from './operands/kernel.ts'
${imports.join('\n')}

/** Every op of the op table by its name; native/ has the same names. */
export const kernels: JsOps = {
${members.join('\n')}
}
`
}
