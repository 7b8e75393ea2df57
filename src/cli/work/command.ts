import type { Command } from 'commander'
import { queueSettings, workSettings } from '../../service/queue/jobs/options.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import type { WorkCommandOptions } from './run.ts'

const DETAILS = `
A worker takes jobs from the queue of its model, which glassformer enqueue or
enqueue() of glassformer/queue has put there, and translates them. Start as many
as you have machines. Each job is done at least once, and only its first result
counts: when a worker is lost, others take over its jobs. Jobs that fail are
tried again, later and later; what has used up its attempts is listed by
glassformer dead. While Redis is away a worker looks for it.

SIGTERM and Ctrl-C end it softly: it takes no more jobs, finishes those in work,
and ends with status 0. A second signal ends it at once.

GLASSFORMER_QUEUE is the queue where --queue is not given: it keeps the password
out of the list of processes.

Examples:
  $ glassformer work --queue redis://localhost
  $ GLASSFORMER_QUEUE=rediss://:secret@redis.example:6380 glassformer work -m en-fr`

export function addWork(program: Command): void {
  const command = program.command('work').description('take jobs from a queue in Redis, and translate them')
  addFlags(command, { ...queueSettings, ...workSettings, ...loadSettings })
    .option('--quiet', 'say nothing of jobs that are done')
    .addHelpText('after', DETAILS)
    .action(async (options: WorkCommandOptions) => (await import('./run.ts')).runWorker(options))
}
