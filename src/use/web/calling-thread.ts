import { present } from '../../base/present.ts'
import type { PageWorker } from './start-worker.ts'

/** The kinds of work that have a file of a worker. */
export type WorkName = 'translate' | 'encode' | 'hear'

/** Makes what runs a model on the calling thread. */
type NewRunner = () => PageWorker

const KEY = Symbol.for('glassformer.web-worker')
const place = globalThis as { [KEY]?: Partial<Record<WorkName, NewRunner>> }

/** Leaves the work where `runnerHere` finds it. */
export function leaveRunner(name: WorkName, runner: NewRunner): void {
  place[KEY] = { ...place[KEY], [name]: runner }
}

/** A model's place on the calling thread. `load` loads the worker's file, which leaves its work. */
export async function runnerHere(name: WorkName, load: () => Promise<unknown>): Promise<PageWorker> {
  await load()
  return present(place[KEY]?.[name])()
}
