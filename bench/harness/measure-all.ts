import { writeFileSync } from 'node:fs'
import { counted } from '#dist/base/values/number-text.js'
import { openTfjs } from '../peers/tfjs.ts'
import { questions } from '../questions/questions.ts'
import { type Contender, openContenders, openWithoutBlas } from './contender.ts'
import { describeMachine, loadText, type Machine } from './machine.ts'
import { measure } from './measure.ts'
import type { ModelName } from './model-names.ts'
import { type Field, type Question, questionNames, type Setting } from './question.ts'
import type { Cell, Row } from './row.ts'
import { small, whole } from './scale.ts'
import { digits, ratioLines, Table } from './table.ts'

export interface BenchOptions extends Omit<Setting, 'scale'> {
  only?: Question['name'][]
  models: readonly ModelName[]
  /** Rows whose label contains one of these texts; undefined is all rows. */
  rows?: string[]
  /** Per row of a table. */
  seconds: number
  json?: string
  /** A few cases of everything, with models of few weights. */
  small?: true
}

const say = (text: string) => process.stdout.write(`${text}\n`)

/** Measures the chosen tables, printing them during the measurement, and writes the cells to a file. */
export async function measureAll(options: BenchOptions): Promise<void> {
  const { only, models, seconds, json } = options
  const scale = options.small ? small : whole
  const asked = questionNames.filter((name) => !only || only.includes(name))
  const machine = describeMachine()
  const began = performance.now()
  const date = new Date()
  const { contenders, missing } = openContenders()
  const withoutBlas = openWithoutBlas({ contenders })
  const { peers, reason } = await openTfjs(options.peers)
  sayMachine(machine, date)
  sayContenders([...contenders, ...(withoutBlas ? [withoutBlas] : []), ...peers])
  for (const line of missing) say(line)
  if (reason) say(`TensorFlow.js is not measured: ${reason}`)
  say(
    `In turn, about ${seconds} s a row; medians of the rounds, and of the ratios round by round (speed over speed: 2× is twice as fast).`,
  )
  if (options.small) say('In small, with models of few weights: the figures say nothing.')
  const field = { models: models.map((name) => scale.models[name]), scale, contenders, withoutBlas, peers }
  const { cpu, node, commit } = machine
  const about = { date: date.toISOString(), commit, cpu, node }
  const cells: object[] = []
  let answered = false
  for (const name of asked) {
    const question = await questions[name]({ ...options, scale })
    if ('reason' in question) say(`\n${name} is not measured: ${question.reason}`)
    else if ('tell' in question) {
      answered = true
      say('')
      for await (const cell of question.tell(say)) cells.push(cell)
    } else {
      answered = true
      for await (const cell of answer(question, field, options)) cells.push(cell)
    }
    // The cells are written after each table, so that a table is not lost if the next one fails.
    if (json) writeFileSync(json, `[\n${cells.map((cell) => JSON.stringify({ ...cell, ...about })).join(',\n')}\n]\n`)
  }
  say(`\n${cells.length} cells in ${digits((performance.now() - began) / 1000)} s, ${loadText()} at the end`)
  for (const { player } of [...contenders, ...(withoutBlas ? [withoutBlas] : [])]) player.close()
  if (options.rows && answered && !cells.length) {
    say(`No row's label contains ${options.rows.map((text) => `'${text}'`).join(' or ')}.`)
    process.exitCode = 1
  }
}

async function* answer(question: Question, field: Field, { seconds, rows: asked }: BenchOptions): AsyncIterable<Cell> {
  const table = new Table(question, question.contenders(field))
  const rows: Row[] = []
  say(`\n${table.head}`)
  for (const work of question.cases(field)) {
    if (asked && !asked.some((text) => work.label.includes(text))) continue
    const row = await measure(question, work, seconds, field.scale.fewestRounds)
    rows.push(row)
    say(table.line(row))
    yield* row.cells.values()
  }
  for (const group of question.ratios ?? []) for (const line of ratioLines(group, rows)) say(line)
  for (const line of question.conclude?.(rows) ?? []) say(line)
  question.close?.()
}

function sayMachine({ cpu, cores, memory, system, node, commit }: Machine, date: Date): void {
  const day = date.toISOString().slice(0, 16).replace('T', ' ')
  say(`Glassformer bench · ${day} UTC · commit ${commit ?? 'unknown'}`)
  say(`${cpu}, ${counted(cores, 'core')}, ${memory} GiB · ${system} · Node ${node} · ${loadText()} at the start`)
}

function sayContenders(contenders: readonly Contender[]): void {
  const width = Math.max(...contenders.map(({ name }) => name.length))
  for (const { name, backend, precision, isa, blas, threads } of contenders)
    say(`  ${name.padEnd(width)}  ${backend}, ${precision}, ${isa}, BLAS ${blas}, ${counted(threads, 'thread')}`)
}
