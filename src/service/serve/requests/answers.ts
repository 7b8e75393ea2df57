/** The interfaces that a server may have. */
export const interfaces = ['v1', 'deepl', 'libretranslate', 'openai'] as const

/** The meaning of each error status. */
const meanings = {
  400: 'The request is not as it must be; the message says what.',
  401: 'There is no key, or a wrong one.',
  403: 'There is no key, or a wrong one.',
  404: 'There is no such thing.',
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

/** Answers with these statuses, whose bodies have a schema. */
export const failuresOf = (statuses: readonly (keyof typeof meanings)[], schema: object) =>
  Object.fromEntries(statuses.map((status) => [status, { description: meanings[status], ...schema }]))
