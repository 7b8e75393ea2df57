import type { TracedIntervention } from '../../../trace/data/trace.ts'
import { type Address, BadParameter, type Changes, integerOf } from './address.ts'

/** A request for a model's computation. Two things shown of the same run belong together. */
export interface Run {
  model: string
  source: string
  /** Number of beams; null: the default of the model's folder. */
  beams: number | null
  /** α of the length penalty; null: the default of the model's folder. */
  lengthPenalty: number | null
  /** A draft of the translation, or lookup; null: none. */
  draft?: string | null
  headsOff: readonly HeadOff[]
  forced: readonly Forced[]
  /**
   * The target that the decoder reads instead of the model's own translation, as ids or as a text. It is not in the
   * address: a view passes it.
   */
  target?: readonly number[] | string
}

export type HeadOff = Pick<Extract<TracedIntervention, { kind: 'headOff' }>, 'attention' | 'head'>
export type Forced = Pick<Extract<TracedIntervention, { kind: 'force' }>, 'step' | 'id'>

/** Changes that take parameters away which may be invalid for another model. */
export const OF_MODEL: Changes = {
  layer: undefined,
  head: undefined,
  heads: undefined,
  part: undefined,
  off: undefined,
  force: undefined,
}

/** The maximum number of beams. */
const MOST_BEAMS = 32

/**
 * The run that an address asks for: `model` (by default the first), `source`, `beams=4`, `penalty=0.6`,
 * `draft=lookup` (or a text), `off=decoder.1.crossAttention:2,…`, `force=3:512,…` (step and id). @throws BadParameter
 */
export function runOf(address: Address, models: readonly string[], source: string): Run {
  const { parameters } = address
  const model = parameters.model ?? models[0]
  if (!models.includes(model))
    throw new BadParameter('model', `The link asks for model “${model}”. Here there is ${models.join(' and ')}.`)
  return {
    model,
    source: parameters.source ?? source,
    beams: parameters.beams === undefined ? null : Math.max(1, integerOf(address, 'beams', MOST_BEAMS + 1, 1)),
    lengthPenalty: numberOf(address, 'penalty'),
    draft: parameters.draft ?? null,
    headsOff: listOf(parameters, 'off', /^((?:encoder|decoder)\.\d+\.\w+):(\d+)$/, ([, attention, head]) => ({
      attention,
      head: Number(head),
    })),
    forced: listOf(parameters, 'force', /^(\d+):(\d+)$/, ([, step, id]) => ({ step: Number(step), id: Number(id) })),
  }
}

/** The interventions of a run in the format of the address; an empty list has no parameter. */
export const interventionsText = ({ headsOff, forced }: Pick<Run, 'headsOff' | 'forced'>): Changes => ({
  off: headsOff.map(({ attention, head }) => `${attention}:${head}`).join(',') || undefined,
  force: forced.map(({ step, id }) => `${step}:${id}`).join(',') || undefined,
})

/** The same run without one more head, in the format of the address. */
export const withoutHead = (run: Run, { attention, head }: HeadOff): Changes => {
  const others = run.headsOff.filter((off) => off.attention !== attention || off.head !== head)
  return interventionsText({ ...run, headsOff: [...others, { attention, head }] })
}

/** A number, or null where the address has none. @throws BadParameter */
function numberOf({ parameters }: Address, name: string): number | null {
  const text = parameters[name]
  if (text === undefined) return null
  if (/^-?\d{1,2}(\.\d{1,6})?$/.test(text)) return Number(text)
  throw new BadParameter(name, `The link asks for ${name} “${text}”, which is no number such as 0.6.`)
}

function listOf<T>(
  parameters: Address['parameters'],
  name: string,
  form: RegExp,
  read: (match: RegExpExecArray) => T,
): T[] {
  const parts = (parameters[name] ?? '').split(',').filter((part) => part !== '')
  return parts.map((part) => {
    const match = form.exec(part)
    if (!match) throw new BadParameter(name, `The link asks for ${name} “${part}”, which cannot be read.`)
    return read(match)
  })
}
