import { type Command, Option } from 'commander'
import { queueSettings } from '../../service/queue/jobs/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import type { DeadCommandOptions } from './run.ts'

const DETAILS = `
A job is a dead letter when its attempts are used up, when workers were lost with
it again and again, or when it cannot be read. Each is a line: id, number of
attempts, time of the last, first text and reason, separated by tabs.

Examples:
  $ glassformer dead --queue redis://localhost
  $ glassformer dead --queue redis://localhost --retry
  $ glassformer dead --queue redis://localhost --remove 6cf0a1f6a0c94e3b2b8f0a54c2d1e9f7`

export function addDead(program: Command): void {
  const command = program
    .command('dead')
    .description('list the dead letters of a queue, try them again, or remove them')
    .argument('[id...]', 'the jobs to retry or to remove; without any, all')
  addFlags(command, queueSettings)
    .addOption(new Option('--retry', 'put them back into the queue, with all attempts before them').conflicts('remove'))
    .option('--remove', 'remove them')
    .option('--json', 'list them as JSON, an object a line, with all that Redis has of the job')
    .addHelpText('after', DETAILS)
    .action(async (ids: string[], options: DeadCommandOptions, command: Command) => {
      if (ids.length && !options.retry && !options.remove) command.error('error: give --retry or --remove with ids')
      await (await import('./run.ts')).runDead(ids, options)
    })
}
