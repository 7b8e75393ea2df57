import type { Contender } from './contender.ts'
import { comparisonsOf } from './measure.ts'
import type { Question, RatioGroup, Unit } from './question.ts'
import type { Cell, Row } from './row.ts'

const LABEL_WIDTH = 31

/** A table printed row by row during the measurement. */
export class Table {
  readonly #columns: Column[]
  readonly #title: string

  constructor(question: Question, contenders: readonly Contender[]) {
    const { title, unit, name, about = [], sharesOf = [], ratios } = question
    const names = new Set(contenders.map((contender) => contender.name))
    const compared = ratios ? [] : comparisonsOf(question, (name) => names.has(name))
    this.#title = [`${name} · ${title} · ${unit}`, ...about].join('\n')
    this.#columns = [
      ...contenders.map((contender) => ({
        head: contender.name,
        text: ({ cells }: Row) => valueText(cells.get(contender.name), unit),
      })),
      ...compared.map(({ head }) => ({ head, text: ({ ratios }: Row) => ratioText(ratios.get(head)) })),
      ...sharesOf
        .filter((name) => names.has(name))
        .map((name) => ({
          head: `${name} in programs`,
          text: ({ cells }: Row) => `${Math.round(100 * cells.get(name)!.shareOfPrograms!)} %`,
        })),
      { head: 'rounds', text: roundsText },
    ]
  }

  get head(): string {
    return `${this.#title}\n${headLine(this.#columns)}`
  }

  line(row: Row): string {
    return rowLine(row, this.#columns)
  }
}

interface Column {
  head: string
  text(row: Row): string
}

/**
 * A table of ratios for the rows of another table: the contenders are above its columns, and the peer is in its title.
 */
export function* ratioLines({ title, pairs }: RatioGroup, rows: readonly Row[]): Iterable<string> {
  const columns = pairs
    .map(([of, against]) => ({ head: of, text: ({ ratios }: Row) => ratioText(ratios.get(`${of}/${against}`)) }))
    .filter(({ text }) => rows.some((row) => text(row)))
  if (!columns.length) return
  yield `\n${title}\n${headLine(columns)}`
  for (const row of rows) yield rowLine(row, columns)
}

const headLine = (columns: readonly Column[]) =>
  line(
    '',
    columns,
    columns.map(({ head }) => head),
  )

const rowLine = (row: Row, columns: readonly Column[]) =>
  line(
    row.label,
    columns,
    columns.map(({ text }) => text(row)),
  )

function line(label: string, columns: readonly Column[], cells: readonly string[]): string {
  const padded = cells.map((cell, i) => cell.padStart(Math.max(7, columns[i].head.length)))
  return [label.padEnd(LABEL_WIDTH), ...padded].join('  ')
}

/** The text of a cell; '' for a contender that is not in this row. */
function valueText(cell: Cell | undefined, unit: Unit): string {
  if (!cell) return ''
  const { gflops, tokensPerSecond, seconds } = cell
  if (unit === 'ms') return digits(1000 * seconds)
  return digits((unit === 'GFLOP/s' ? gflops : tokensPerSecond)!)
}

const ratioText = (ratio: number | undefined) => (ratio === undefined ? '' : `${digits(ratio)}×`)

/** The rounds of the row, and the contenders that had fewer: '12', '3 (js 1)'. */
function roundsText({ cells }: Row): string {
  const most = Math.max(...[...cells.values()].map(({ rounds }) => rounds))
  const fewer = [...cells].filter(([, { rounds }]) => rounds < most).map(([name, { rounds }]) => `${name} ${rounds}`)
  return `${most}${fewer.length ? ` (${fewer.join(', ')})` : ''}`
}

/** Three digits, with thousands separators: 0.0123, 12.3, 12,300. */
export function digits(value: number): string {
  const rounded = Number(value.toPrecision(3))
  const decimals = rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))))
  return rounded.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}
