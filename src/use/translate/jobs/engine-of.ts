import type { Player } from '../../../engine/backend/interface/backend.ts'
import type { WorkerContext } from '../../../workers/jobs/job-kind.ts'
import { Assistants, openAssistant } from '../sentences/assistants.ts'
import { Engine } from '../sentences/engine.ts'

/** The engine of a worker, which all kinds of jobs that search share. @throws the errors of loading an assistant */
export const engineOf = (worker: WorkerContext): Engine => worker.part(newEngine)

function newEngine({ model, tokenizer, player, options, counts, createPlayer }: WorkerContext): Engine {
  const { batchTokens, assistant } = options
  const open = openAssistant(model.path, createPlayer as () => Player)
  const assistants = new Assistants(model.weights, open, assistant)
  return new Engine(model, tokenizer, player, { batchTokens, counts, assistants })
}
