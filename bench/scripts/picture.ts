/**
 * How many times as fast as another engine, as a picture: what `npm run bench -- --only ctranslate2 --json cells.json` has written
 * (or `--only transformers-js`), as SVG on standard output.
 *
 *     node bench/dist/scripts/picture.js cells.json > docs/pictures/beside-ctranslate2.svg
 */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { escaped } from '#dist/draw/element.js'
import { paletteCss } from '#dist/draw/palette.js'
import { counted } from '#dist/number-text.js'
import type { Cell } from '../harness/measure.ts'

const WIDTH = 860
const LEFT = 170
const RIGHT = 40
const HEAD = 96
const LINE = 26
const FOOT = 40

const STYLE = `
.beside { ${paletteCss('light')} --grid: #e4e8ec; --float32: #0969da; --int8: #bc4c00;
  font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) {
  .beside { ${paletteCss('dark')} --grid: #262c34; --float32: #58a6ff; --int8: #f0883e; } }
.beside text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
.beside .title { fill: var(--ink); font-weight: 600; font-size: 15px; }
.beside .model { fill: var(--ink); font-weight: 600; }
.beside .paper { fill: var(--paper); }
.beside .grid { stroke: var(--grid); } .beside .same { stroke: var(--quiet); }
.beside .float32 { --color: var(--float32); } .beside .int8 { --color: var(--int8); }
.beside circle { stroke: var(--color); stroke-width: 2; } .beside .t1 { fill: var(--paper); } .beside .t2 { fill: var(--color); }`

const whole = (value: number) => Number(value.toPrecision(3)).toLocaleString('en')

/** A cell beside that of the peer. */
interface Mark {
  ours: Cell
  theirs: Cell
}

/** The marks of the first engine in the cells. */
function marksOf(all: readonly Cell[]): Mark[] {
  const engine = all.find(({ bench }) => bench === 'ctranslate2' || bench === 'transformers-js')?.bench
  const cells = all.filter(({ bench }) => bench === engine)
  return cells
    .filter(({ ratio }) => ratio !== null)
    .map((ours) => ({ ours, theirs: cells.find((cell) => cell.case === ours.case && cell.ratio === null)! }))
}

/** The layout of the picture. */
interface Layout {
  /** Powers of two at the ends of the axis. */
  least: number
  most: number
  x(ratio: number): number
  /** The lines, 'model\nsentences × beam', and the middle of each; there is half a line between models. */
  lines: readonly string[]
  y(line: string): number
  bottom: number
}

const lineOf = ({ ours: { model, batch, beam } }: Mark) => `${model}\n${batch} × ${beam}`

function layoutOf(marks: readonly Mark[]): Layout {
  const powers = marks.map(({ ours }) => Math.log2(ours.ratio!))
  const [least, most] = [Math.floor(Math.min(0, ...powers)), Math.ceil(Math.max(1, ...powers))]
  const lines = [...new Set(marks.map(lineOf))]
  const models = [...new Set(marks.map(({ ours }) => ours.model!))]
  const y = (line: string) => HEAD + LINE * (lines.indexOf(line) + 0.5 * (1 + models.indexOf(line.split('\n')[0])))
  return {
    least,
    most,
    x: (ratio) => LEFT + ((Math.log2(ratio) - least) / (most - least)) * (WIDTH - LEFT - RIGHT),
    lines,
    y,
    bottom: y(lines.at(-1)!) + LINE,
  }
}

/** Lines at 1×, 2×, 4×, …, and their labels. */
function axis({ least, most, x, bottom }: Layout): string[] {
  return Array.from({ length: most - least + 1 }, (_, i) => {
    const ratio = 2 ** (least + i)
    const at = x(ratio).toFixed(1)
    const line = `<path class="${ratio === 1 ? 'same' : 'grid'}" d="M${at} ${HEAD}V${bottom}"/>`
    return `${line}<text x="${at}" y="${bottom + 20}" text-anchor="middle">${ratio}×</text>`
  })
}

/** The label of each line; the model's name stands at its first line. */
function names({ lines, y }: Layout): string[] {
  return lines.map((line, i) => {
    const [model, way] = line.split('\n')
    const middle = y(line) + 4.5
    const isFirst = !lines[i - 1]?.startsWith(`${model}\n`)
    const name = isFirst ? `<text class="model" x="20" y="${middle}">${escaped(model)}</text>` : ''
    const label = `<text x="${LEFT - 20}" y="${middle}" text-anchor="end">${way}</text>`
    return `${name}${label}<path class="grid" d="M${LEFT} ${y(line)}H${WIDTH - RIGHT}"/>`
  })
}

function dots(marks: readonly Mark[], { x, y }: Layout): string[] {
  return marks.map((mark) => {
    const { ours, theirs } = mark
    const speeds = `${whole(ours.tokensPerSecond!)} and ${whole(theirs.tokensPerSecond!)} tokens/s`
    const title = `<title>${escaped(`${ours.case}: ${speeds}, ${ours.ratio!.toFixed(2)}×`)}</title>`
    return dot(ours, x(ours.ratio!), y(lineOf(mark)), title)
  })
}

function legend(marks: readonly Mark[]): string[] {
  const kinds = new Map(marks.map(({ ours }) => [`${ours.precision} ${ours.threads}`, ours]))
  return [...kinds.values()].map((kind, i) => {
    const left = LEFT + 6 + 170 * i
    const name = `${kind.precision}, ${counted(kind.threads, 'thread')}`
    return `${dot(kind, left, 66)}<text x="${left + 14}" y="70.5">${name}</text>`
  })
}

function picture(marks: readonly Mark[]): string {
  const layout = layoutOf(marks)
  const height = layout.bottom + FOOT
  const [{ ours, theirs }] = marks
  const title = escaped(`Tokens a second, as a multiple of those of ${theirs.backend.replace(/^\S+/, ours.peer!)}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" class="beside" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${title}">
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="title" x="20" y="30">${title}</text>
<text x="${LEFT - 20}" y="70.5" text-anchor="end">sentences × beam</text>
${[...axis(layout), ...names(layout), ...dots(marks, layout), ...legend(marks)].join('\n')}
</svg>
`
}

const dot = ({ precision, threads }: Cell, x: number, y: number, title = '') =>
  `<circle class="${precision} t${threads}" cx="${x.toFixed(1)}" cy="${y}" r="5">${title}</circle>`

new Command('picture')
  .description('Draws how many times as fast as another engine translations are.')
  .argument('<cells>', 'what bench --only ctranslate2 --json has written')
  .action((file: string, _, command: Command) => {
    const marks = marksOf(JSON.parse(readFileSync(file, 'utf8')))
    if (!marks.length) command.error(`error: ${file} has no cell of bench --only ctranslate2 or transformers-js`)
    process.stdout.write(picture(marks))
  })
  .parse()
