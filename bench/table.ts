import type { Contender } from './contender.ts'
import { type Cell, comparisons, type Row } from './measure.ts'
import type { Question, Unit } from './question.ts'

const LABEL_WIDTH = 26

/** A table that is printed row by row, while it is being measured. */
export class Table {
  readonly #columns: { head: string; text(row: Row): string }[]
  readonly #title: string

  constructor({ title, unit, name, about = [], sharesOf = [] }: Question, contenders: readonly Contender[]) {
    const names = new Set(contenders.map((contender) => contender.name))
    const compared = comparisons.filter(({ of, against }) => names.has(of) && names.has(against))
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
    return `${this.#title}\n${this.#line(
      '',
      this.#columns.map(({ head }) => head),
    )}`
  }

  line(row: Row): string {
    return this.#line(
      row.label,
      this.#columns.map(({ text }) => text(row)),
    )
  }

  #line(label: string, cells: readonly string[]): string {
    const padded = cells.map((cell, i) => cell.padStart(Math.max(7, this.#columns[i].head.length)))
    return [label.padEnd(LABEL_WIDTH), ...padded].join('  ')
  }
}

/** Empty for who is not in this row. */
function valueText(cell: Cell | undefined, unit: Unit): string {
  if (!cell) return ''
  const { gflops, tokensPerSecond, seconds } = cell
  if (unit === 'ms') return digits(1000 * seconds)
  return digits((unit === 'GFLOP/s' ? gflops : tokensPerSecond)!)
}

const ratioText = (ratio: number | undefined) => (ratio === undefined ? '' : `${digits(ratio)}×`)

/** The rounds of the row, and who had fewer: '12', '3 (js 1)'. */
function roundsText({ cells }: Row): string {
  const most = Math.max(...[...cells.values()].map(({ rounds }) => rounds))
  const fewer = [...cells].filter(([, { rounds }]) => rounds < most).map(([name, { rounds }]) => `${name} ${rounds}`)
  return `${most}${fewer.length ? ` (${fewer.join(', ')})` : ''}`
}

/** Three digits, thousands set apart: 0.0123, 12.3, 12,300. */
export function digits(value: number): string {
  const rounded = Number(value.toPrecision(3))
  const decimals = rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))))
  return rounded.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}
