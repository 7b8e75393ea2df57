/**
 * The state of the page, as its URL has it after the '#': `s=Je+suis&view=attention&layer=1&token=source:3`. Every view
 * reads and writes the address, so that a link restores the author's view, and the browser's buttons go back and
 * forward. The sentence, the parameter `source`, is `s` in the URL.
 */
export interface Address {
  view: string
  parameters: Readonly<Record<string, string>>
}

/** Changes of parameters; undefined removes one. */
export type Changes = Readonly<Record<string, string | number | undefined>>

/** Reads what `addressText` writes, and the shorter `attention?source=Je+suis&layer=1`. */
export function parseAddress(hash: string): Address {
  const text = hash.replace(/^#/, '')
  const isQuery = /^\w+=/.test(text)
  const [name, query = ''] = isQuery ? ['', text] : cut(text, '?')
  const { s, view = name, ...others } = Object.fromEntries(new URLSearchParams(query))
  return { view, parameters: s === undefined ? others : { source: s, ...others } }
}

export function addressText({ view, parameters: { source, ...others } }: Address): string {
  return `#${new URLSearchParams({ ...(source !== undefined && { s: source }), view, ...others })}`
}

export function changed({ view, parameters }: Address, changes: Changes, otherView = view): Address {
  const all = Object.entries({ ...parameters, ...changes }).filter(([, value]) => value !== undefined)
  return { view: otherView, parameters: Object.fromEntries(all.map(([name, value]) => [name, String(value)])) }
}

/** A parameter of the address that is not valid for the model or the page. */
export class BadParameter extends Error {
  readonly parameter: string
  constructor(parameter: string, message: string) {
    super(message)
    this.parameter = parameter
  }
}

/** An integer from 0 to `below` − 1. @throws BadParameter */
export function integerOf({ parameters }: Address, name: string, below: number, otherwise: number): number {
  const text = parameters[name]
  if (text === undefined) return otherwise
  if (/^\d{1,9}$/.test(text) && Number(text) < below) return Number(text)
  const range = below > 1 ? `from 0 to ${below - 1}` : '0 only'
  throw new BadParameter(name, `The link asks for ${name} “${text}”. Here ${name} goes ${range}.`)
}

/** One of `choices`; `otherwise` where the address has none, and the first choice by default. @throws BadParameter */
export function choiceOf<T extends string>(
  { parameters }: Address,
  name: string,
  choices: readonly T[],
  otherwise = choices[0],
): T {
  const text = parameters[name] ?? otherwise
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  throw new BadParameter(name, `The link asks for ${name} “${text}”. There is ${choices.join(', ')}.`)
}

function cut(text: string, at: string): [string, string?] {
  const place = text.indexOf(at)
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)]
}
