import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Trace } from '../../../trace/data/trace.ts'
import { type Address, type Changes, choiceOf, integerOf } from './address.ts'
import type { LiveModel, ModelCode } from './live-model.ts'
import type { PageData } from './page-data.ts'
import type { Run } from './run.ts'
import type { Needs, Traces } from './traces.ts'

/** The context of all components of the page. */
export interface Page {
  address: Address
  data: PageData
  traces: Traces
  /** The run that the address asks for. */
  run: Run
  /** Whether this is an exported file without a model. */
  exported: boolean
  /** The model of the run, where it runs in the page. */
  live: LiveModel | null
  /** Takes a model that runs in the page, and shows it. */
  addLive(model: LiveModel): void
  /** Where the page has the code that runs models; null where a server runs them. */
  code: ModelCode | null
  /** Whether the page is one of the site, whose header stands above it. */
  isInSite: boolean
  /** Changes the address and adds an entry to the browser's history; `view` opens another view. */
  go(changes: Changes, view?: string): void
  /** As `go`, without an entry in the history, for rapid changes such as scrubbing. */
  slide(changes: Changes): void
}

export const PageContext = createContext<Page | null>(null)

export function usePage(): Page {
  // biome-ignore lint/style/noNonNullAssertion: every view is within the context
  return useContext(PageContext)!
}

/**
 * The trace of the address' run, or null while it is computed (the frame shows progress). Needs may depend on the model
 * and its translation: they are then a function of the trace without tensors.
 */
export function useTrace(needs: Needs | ((trace: Trace) => Needs) = {}): Trace | null {
  const { run } = usePage()
  return useTraceOf(run, needs)
}

/** As `useTrace`, for another run: for two sentences, two models, or before and after an intervention. */
export function useTraceOf(run: Run, needs: Needs | ((trace: Trace) => Needs) = {}): Trace | null {
  const { traces } = usePage()
  if (typeof needs !== 'function') return traces.read(run, needs)
  const plain = traces.read(run)
  return plain && traces.read(run, needs(plain))
}

/** An integer of the address, from 0 to `below` − 1. */
export const useInteger = (name: string, below: number, otherwise = 0): number =>
  integerOf(usePage().address, name, below, otherwise)

/** One of `choices` of the address; by default `otherwise`, or the first. */
export const useChoice = <T extends string>(name: string, choices: readonly T[], otherwise?: T): T =>
  choiceOf(usePage().address, name, choices, otherwise)
