/** The identity and priority by which waiting items take turns. */
export interface Turn {
  /** The request; requests of one client take turns. */
  request: unknown
  /** The client; clients take turns. Requests without a client share one anonymous client. */
  client?: string
  /** The priority; items with a higher priority go first. */
  priority?: number
}

/** An item that takes turns. Without a turn of its own it takes turns as its request. */
export interface TakesTurns {
  request?: unknown
  turn?: Turn
}

export const turnOf = ({ request, turn }: TakesTurns): Turn => turn ?? { request }
