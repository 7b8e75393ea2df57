import { present } from '../../base/present.ts'
import type { PageWorker } from './start-worker.ts'

/** A class whose objects run a model on the calling thread. */
type Runner = new () => PageWorker

const KEY = Symbol.for('glassformer.web-worker')
const place = globalThis as { [KEY]?: Runner }

/** Leaves the class where `runnerHere` finds it. */
export function leaveRunner(runner: Runner): void {
  place[KEY] = runner
}

/** A model's place on the calling thread. `load` loads the worker's file, which leaves the class. */
export async function runnerHere(load: () => Promise<unknown>): Promise<PageWorker> {
  await load()
  return new (present(place[KEY]))()
}
