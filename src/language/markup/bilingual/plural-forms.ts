/** The plural forms in the header of a .po file: their number, and the form for a single item. */
export interface PluralForms {
  count: number
  singular: number
}

/** The maximum number of forms in a language; Arabic has six. */
const MOST = 16

/** Reads `Plural-Forms: nplurals=2; plural=(n != 1);`. Null where a header has no valid `Plural-Forms`. */
export function pluralForms(header: string): PluralForms | null {
  const [, number, rule] = /^Plural-Forms:\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;\n]+)/im.exec(header) ?? []
  const count = Number(number)
  if (!(count >= 1 && count <= MOST)) return null
  const singular = formOf(rule, 1)
  return { count, singular: count > 1 && singular !== null && singular < count ? singular : -1 }
}

/** Operators of C by precedence. */
const LEVELS: Record<string, (a: number, b: number) => number>[] = [
  { '||': (a, b) => Number(a || b) },
  { '&&': (a, b) => Number(a && b) },
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  {
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.trunc(a / b), '%': (a, b) => a % b },
]

/** The value of a C expression for `n`; null for an invalid expression. */
export function formOf(expression: string, n: number): number | null {
  const tokens = expression.match(/\d+|n|[|&=!<>]=?[|&]?|[-+*/%?:()]|\S/g) ?? []
  let at = 0
  const take = (token: string) => tokens[at] === token && ++at > 0
  const choice = (): number => {
    const condition = level(0)
    if (!take('?')) return condition
    const then = choice()
    if (!take(':')) return Number.NaN
    const otherwise = choice()
    return condition ? then : otherwise
  }
  const level = (of: number): number => {
    if (of === LEVELS.length) return unary()
    let value = level(of + 1)
    for (let operation = LEVELS[of][tokens[at]]; operation; operation = LEVELS[of][tokens[at]]) {
      at++
      value = operation(value, level(of + 1))
    }
    return value
  }
  const unary = (): number => {
    if (take('!')) return Number(!unary())
    if (take('n')) return n
    if (!take('(')) return Number(tokens[at++] ?? Number.NaN)
    const value = choice()
    return take(')') ? value : Number.NaN
  }
  const value = choice()
  return at === tokens.length && Number.isInteger(value) ? value : null
}
