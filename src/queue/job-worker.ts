import { GlassformerError, messageOf } from '../errors.ts'
import { type Job, type Redis, UnrecoverableError, Worker, type WorkerOptions } from './libraries.ts'

/** Errors that a job would have again, however often it is tried. */
const lasting = ['ERR_JOB', 'ERR_OPTION', 'ERR_UNSUPPORTED', 'ERR_INPUT', 'ERR_INPUT_TOO_LONG']

/** BullMQ's worker, whose jobs may be anything: one that cannot be read becomes a dead letter at once. */
export class JobWorker extends Worker {
  constructor(name: string, work: (job: Job) => Promise<unknown>, options: WorkerOptions) {
    const working = async (job: Job) => {
      try {
        return await work(job)
      } catch (error) {
        const isKnown = error instanceof GlassformerError
        const message = isKnown ? `${error.code}: ${error.message}` : messageOf(error)
        throw isKnown && lasting.includes(error.code)
          ? new UnrecoverableError(message)
          : new Error(message, { cause: error })
      }
    }
    super(name, working, options)
  }

  protected override createJob(...[stored, id]: Parameters<Worker['createJob']>): Job {
    try {
      return super.createJob(stored, id)
    } catch {
      return super.createJob({ ...stored, data: 'null' }, id) // no JSON: what reads the job refuses it
    }
  }

  /** Ends all waits for Redis, which is away. */
  async giveUp(): Promise<void> {
    const [client, blocking] = (await Promise.all([
      this.backend.client,
      this.backend.blockingClient,
    ])) as unknown as Redis[]
    client.disconnect()
    blocking.disconnect()
  }
}
