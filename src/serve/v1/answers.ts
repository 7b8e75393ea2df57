import { errorSchema } from './error-json.ts'

/** Every answer but a good one that a route of our interface gives. */
const meanings = {
  400: 'The request is not as it must be; the message says what.',
  401: 'There is no key, or a wrong one.',
  404: 'There is no such model.',
  408: 'The request has not arrived in time.',
  413: 'The body, a text or a list is too long.',
  414: 'The address is too long.',
  415: 'The body is of another type.',
  429: 'The server is full: ask again after the seconds of `retry-after`.',
  431: 'The headers are too large.',
  456: 'The characters of this key are used up.',
  500: 'The server has failed at this request.',
  503: 'The server is about to stop, or has lost what it needs: ask again after the seconds of `retry-after`.',
  504: 'The request was not done in its time.',
} as const

const ofAll = [400, 401, 408, 414, 431, 500, 503] as const
const ofWork = [...ofAll, 404, 413, 415, 429, 456, 504] as const

const answers = (statuses: readonly (keyof typeof meanings)[], schema: object) =>
  Object.fromEntries(statuses.toSorted().map((status) => [status, { description: meanings[status], ...schema }]))

/** The answers of a route that works, beside the good ones. */
export const failuresOfWork = (schema: object = errorSchema) => answers(ofWork, schema)

/** The answers of a route that only tells something. */
export const failures = (schema: object = errorSchema) => answers([...ofAll, 404], schema)
