import { inOptions } from '../../../base/schema/place.ts'
import { read, settings, type Values } from '../../../base/schema/settings.ts'
import { abortSignal, integer, positiveUpTo, text } from '../../../base/schema/types.ts'

/** Scheduling of a request: its priority and client, and when it is given up. */
export interface SchedulingOptions {
  /** Aborting this signal stops the work within a step; the promise then rejects with ERR_ABORTED, an error named 'AbortError'. */
  signal?: AbortSignal
  /**
   * Milliseconds after which the request is given up: its work stops within a step, and the promise rejects with ERR_TIMEOUT. In
   * `translateStream` they count for each text, from when it has been read. Default: no limit.
   */
  timeout?: number
  /** Priority from −10 to 10: requests with a higher priority begin before all requests with a lower one. Default 0. */
  priority?: number
  /**
   * The name of the client: clients take turns, however many requests each of them has open, and so do the requests of
   * one client. Requests without a name share one anonymous client.
   */
  client?: string
}

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
    says: 'what waits with a higher priority begins before all that waits with a lower one',
  },
  client: {
    type: text,
    optional: true,
    otherwise: 'one client for all requests without a name',
    says: 'who asks: clients take turns, however many requests each has open, and so do the requests of one client',
  },
})

/** Checked and complete SchedulingOptions. */
export type Scheduling = Values<typeof schedulingSettings>

/** @throws GlassformerError ERR_OPTION */
export const readScheduling = (options: SchedulingOptions): Scheduling => read(schedulingSettings, options, inOptions)
