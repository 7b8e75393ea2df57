import { InvalidArgumentError, Option } from 'commander'
import type { BleuTokenizer } from '../../evaluate/bleu-tokenizers.ts'
import { type BackendChoice, backendChoices } from '../../program/chosen-backend.ts'
import { splits } from '../../translate/options.ts'
import type { Threads } from '../../translate/threads.ts'
import { type Precision, precisions } from '../../weights/precision.ts'

const isWhole = (text: string) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text))
const isNatural = (text: string) => isWhole(text) && Number(text) >= 1

/** Parses an option's value, or refuses it as wrong usage. */
export function natural(text: string): number {
  if (!isNatural(text)) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return Number(text)
}

function whole(text: string): number {
  if (!isWhole(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function threads(text: string): Threads {
  if (text === 'auto') return text
  if (!isNatural(text)) throw new InvalidArgumentError(`It must be 'auto' or a whole number of at least 1.`)
  return Number(text)
}

export function finite(text: string): number {
  const value = Number(text)
  if (!text.trim() || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

/** What several commands take, in the same words. */
export interface ModelOptions {
  model?: string
  backend?: BackendChoice
  precision?: Precision
}

export const modelOption = () =>
  new Option('-m, --model <folder>', 'model folder (default: fr-en, the embedded French → English model)')

export const backendOption = () =>
  new Option('--backend <name>', 'what plays the model (default: auto: native where it is built, else js)').choices(
    backendChoices,
  )

export const precisionOption = () =>
  new Option('--precision <name>', 'how the model is held (default: auto: as its folder stores it)').choices(precisions)

/** `where`: what it is for, where the command does several things. */
export const shortlistOption = (where = '') =>
  new Option(
    '--shortlist',
    `${where}choose among likely translations of the source's tokens only: 'glassformer shortlist' makes the table`,
  )

export const tokenizeOption = () =>
  new Option('--tokenize <name>', 'how BLEU cuts words; char is for languages without spaces (default: 13a)').choices([
    '13a',
    'none',
    'char',
    'intl',
  ] satisfies BleuTokenizer[])

export const naturalOption = (flags: string, description: string) => new Option(flags, description).argParser(natural)

/** A number that may be 0. */
export const wholeOption = (flags: string, description: string) => new Option(flags, description).argParser(whole)

/** `byDefault`: what holds where it is not given, and why. */
export const splitOption = (byDefault: string) =>
  new Option(
    '--split <when>',
    `split texts into sentences, which are translated one by one: always, never, long: those of many tokens (default: ${byDefault})`,
  ).choices(splits)

export const threadsOption = () =>
  new Option(
    '--threads <n>',
    'threads of each worker (default: auto: all cores for one that is busy alone, which several divide)',
  ).argParser(threads)

export const workersOption = () =>
  naturalOption('--workers <n>', 'workers, which translate side by side (default: one per core)')

export const beamsOption = () =>
  naturalOption(
    '-b, --beams <n>',
    'hypotheses per sentence; 1 is greedy search (default: what the model says, the embedded one 4)',
  )
