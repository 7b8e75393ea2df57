import { counted } from '../../base/values/number-text.ts'
import { deadLetters, removeDeadLetters, retryDeadLetters } from '../../service/queue/dead-letters.ts'
import type { queueSettings } from '../../service/queue/jobs/options.ts'
import type { DeadLetter } from '../../service/queue/jobs/stored-job.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The arguments and flags of `glassformer dead`. */
export interface DeadCommandOptions extends Flagged<typeof queueSettings> {
  retry?: true
  remove?: true
  json?: true
}

/** `glassformer dead`: lists, retries or removes dead letters. */
export async function runDead(ids: readonly string[], command: DeadCommandOptions): Promise<void> {
  const { retry, remove, json, ...options } = command
  const say = (count: number, what: string) =>
    process.stderr.write(`glassformer: ${counted(count, 'dead letter')} ${what}\n`)
  if (retry) return void say(await retryDeadLetters(ids, options), 'put back into the queue')
  if (remove) return void say(await removeDeadLetters(ids, options), 'removed')
  const letters = await deadLetters(options)
  process.stdout.write(letters.map((letter) => `${json ? JSON.stringify(letter) : lineOf(letter)}\n`).join(''))
  if (!json) say(letters.length, 'in the queue')
}

const lineOf = ({ id, attempts, failedAt, reason, data }: DeadLetter) =>
  [id, counted(attempts, 'attempt'), timeOf(failedAt), firstText(data), reason].join('\t').replace(/[\r\n]+/g, ' ')

const timeOf = (time: Date) => (Number.isFinite(time.getTime()) ? time.toISOString() : '')

/** The beginning of the first text of a job; the job's data may have any form. */
function firstText(data: string): string {
  try {
    return String(JSON.parse(data).texts[0]).slice(0, 60).replaceAll('\t', ' ')
  } catch {
    return data.slice(0, 60).replaceAll('\t', ' ')
  }
}
