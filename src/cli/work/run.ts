import { counted } from '../../base/values/number-text.ts'
import type { queueSettings, workSettings } from '../../service/queue/jobs/options.ts'
import { work } from '../../service/queue/work.ts'
import type { loadSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The arguments and flags of `glassformer work`. */
export interface WorkCommandOptions
  extends Flagged<typeof queueSettings>,
    Flagged<typeof workSettings>,
    Flagged<typeof loadSettings> {
  quiet?: true
}

/** `glassformer work`: a worker of a queue, until a signal ends it. */
export async function runWorker({ quiet, ...options }: WorkCommandOptions): Promise<void> {
  const say = (text: string) => process.stderr.write(`glassformer: ${text}\n`)
  const signalled = firstSignal()
  const worker = await work(options, {
    away: (reason) => say(`Redis is away (${reason}); looking for it`),
    back: () => say('Redis is back'),
    ...(!quiet && {
      done: ({ id, texts, seconds }) => say(`job ${id}: ${counted(texts, 'text')} in ${seconds.toFixed(2)} s`),
    }),
    failed: ({ id, reason, isDead }) =>
      say(`job ${id} ${isDead ? 'is a dead letter' : 'has failed, and is tried again'}: ${reason}`),
    lost: ({ id }) => say(`job ${id}: another worker has been given it, and its work is stopped here`),
    trouble: say,
  })
  const watched = worker.port === undefined ? '' : `, http://${options.host ?? '127.0.0.1'}:${worker.port}/metrics`
  say(`working for ${worker.queue}${watched}`)
  say(`${await signalled}: finishing the jobs in work; a second signal ends at once`)
  await worker.close()
  process.exit() // an open connection that still tries to reach Redis would keep the process alive
}

/** The name of the first signal that asks the process to end. The system ends the process at a second signal. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.removeAllListeners(name)
      process.once(name, resolve)
    }
  })
}
