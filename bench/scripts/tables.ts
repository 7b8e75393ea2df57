/**
 * The tables of speed in docs/performance.md, from the cells that the bench has written, with the machine and the commit of the run:
 *
 *     npm run bench -- --only translate ctranslate2 transformers-js --peers FOLDER --json cells.json
 *     node bench/dist/scripts/tables.js cells.json
 */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Cell } from '../harness/row.ts'
import { digits } from '../harness/table.ts'

interface Measured extends Cell {
  date: string
  commit: string | null
  cpu: string
  node: string
}

const [file] = new Command('tables').argument('<file>', 'what --json has written').parse().args
const cells: Measured[] = JSON.parse(readFileSync(file, 'utf8'))
const [first] = cells
if (!first) throw new Error(`${file} has no cells`)
console.log(`${first.cpu}, Node.js ${first.node}, ${first.date.slice(0, 10)}, commit ${first.commit}`)

const columns = [
  { head: 'int8, 1 thread', backend: 'native', precision: 'int8', threads: 1 },
  { head: 'int8, 2 threads', backend: 'native', precision: 'int8', threads: 2 },
  { head: 'bfloat16, 1 thread', backend: 'native', precision: 'bfloat16', threads: 1 },
  { head: 'float32, 1 thread', backend: 'native', precision: 'float32', threads: 1 },
  { head: 'JavaScript, int8', backend: 'js', precision: 'int8', threads: 1 },
]

const row = (texts: readonly string[]) => console.log(`| ${texts.join(' | ')} |`)
const unique = <T>(values: readonly T[]) => [...new Set(values)]

/** Tokens a second of each model, batch and number of beams. */
function speeds(of: readonly Measured[]): void {
  console.log('')
  row(['model', 'batch × beam', ...columns.map(({ head }) => head)])
  row(['---', '---', ...columns.map(() => '---')])
  for (const name of unique(of.map(({ case: name }) => name))) {
    const cells = of.filter((cell) => cell.case === name)
    const values = columns.map(({ backend, precision, threads }) => {
      const found = cells.find(
        (cell) => cell.backend === backend && cell.precision === precision && cell.threads === threads,
      )
      return found ? digits(found.tokensPerSecond!) : ''
    })
    row([`\`${cells[0].model}\``, `${cells[0].batch} × ${cells[0].beam}`, ...values])
  }
}

/** The least and the largest ratio beside each engine, by precision and threads. */
function ratios(of: readonly Measured[]): void {
  const ours = of.filter(({ ratio }) => ratio !== null)
  const settings = ['float32', 'int8'].flatMap((precision) => [1, 2].map((threads) => ({ precision, threads })))
  console.log('')
  row([
    'speed over',
    ...settings.map(({ precision, threads }) => `${precision}, ${threads === 1 ? '1 thread' : `${threads} threads`}`),
  ])
  row(['---', ...settings.map(() => '---')])
  for (const peer of unique(ours.map((cell) => cell.peer!))) {
    const engine = of.find(
      ({ ratio, backend }) => ratio === null && backend.toLowerCase().startsWith(peer.toLowerCase()),
    )
    const ranges = settings.map(({ precision, threads }) => {
      const found = ours
        .filter((cell) => cell.peer === peer && cell.precision === precision && cell.threads === threads)
        .map(({ ratio }) => ratio!)
      return found.length ? `${digits(Math.min(...found))} to ${digits(Math.max(...found))}×` : ''
    })
    row([engine?.backend ?? peer, ...ranges])
  }
}

const of = (...benches: string[]) => cells.filter(({ bench }) => benches.includes(bench))
if (of('translate').length) speeds(of('translate'))
if (of('ctranslate2', 'transformers-js').length) ratios(of('ctranslate2', 'transformers-js'))
