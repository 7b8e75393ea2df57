import type { WorkerContext } from '../../../workers/jobs/job-kind.ts'
import { Assistants } from '../sentences/assistants.ts'
import { Engine } from '../sentences/engine.ts'

/** The engine of a worker, which all kinds of jobs that search share. @throws the errors of loading an assistant */
export const engineOf = (worker: WorkerContext): Engine => worker.part(newEngine)

function newEngine({ model, tokenizer, player, options, counts, openModel }: WorkerContext): Engine {
  const { batchTokens, assistant } = options
  const assistants = openModel && new Assistants(model.weights, openModel, assistant)
  return new Engine(model, tokenizer, player, { batchTokens, counts, assistants })
}
