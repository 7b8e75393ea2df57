import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, type Values } from '../../base/schema/settings.ts'
import { abortSignal, integer, positiveUpTo, text } from '../../base/schema/types.ts'

/** Scheduling of a request: its priority and client, and when it is given up. */
export interface SchedulingOptions extends Given<typeof schedulingSettings> {}

/** The longest delay of a timer. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/** The schema of scheduling settings. */
export const schedulingSettings = settings({
  signal: {
    type: abortSignal,
    optional: true,
    says: 'stops the work within a step; the promise rejects with ERR_ABORTED, an error whose `name` is `AbortError`',
  },
  timeout: {
    type: positiveUpTo(LONGEST_TIMEOUT),
    optional: true,
    otherwise: 'no limit',
    says: 'milliseconds after which the work stops within a step, and the promise rejects with ERR_TIMEOUT; in translateStream they count for each text, from when it has been read',
  },
  priority: {
    type: integer(-10, 10),
    default: 0,
    says: 'requests with a higher priority begin before all requests with a lower one',
  },
  client: {
    type: text,
    optional: true,
    otherwise: 'one client for all requests without a name',
    says: 'the name of the client: clients take turns, however many requests each of them has open, and so do the requests of one client',
  },
})

/** Checked and complete SchedulingOptions. */
export type Scheduling = Values<typeof schedulingSettings>

/** @throws GlassformerError ERR_OPTION */
export const readScheduling = (options: SchedulingOptions): Scheduling => read(schedulingSettings, options, inOptions)
