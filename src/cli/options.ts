import { InvalidArgumentError, Option } from 'commander'
import { type Precision, precisions } from '../weights/precision.ts'

/** Parses an option's value, or refuses it as wrong usage. */
export function natural(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}

export function finite(text: string): number {
  const value = Number(text)
  if (!text.trim() || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

/** What several commands take, in the same words. */
export interface ModelOptions {
  model?: string
  backend?: 'auto' | 'native' | 'js'
  precision?: Precision
}

export const modelOption = () =>
  new Option('-m, --model <folder>', 'model folder (default: the embedded French → English model)')

export const backendOption = () =>
  new Option('--backend <name>', 'what plays the model (default: auto: native where it is built, else js)').choices([
    'auto',
    'native',
    'js',
  ])

export const precisionOption = () =>
  new Option('--precision <name>', 'how the model is held (default: auto: as its folder stores it)').choices(precisions)

export const shortlistOption = () =>
  new Option(
    '--shortlist',
    "choose among likely translations of the source's tokens only: 'glassformer shortlist' makes the table",
  )

export const naturalOption = (flags: string, description: string) => new Option(flags, description).argParser(natural)

export const threadsOption = () => naturalOption('--threads <n>', 'threads of each worker (default: 1)')

export const workersOption = () =>
  naturalOption('--workers <n>', 'workers, which translate side by side (default: one per core)')

export const beamsOption = () =>
  naturalOption('-b, --beams <n>', 'hypotheses per sentence; 1 is greedy search (default: what the model says)')
