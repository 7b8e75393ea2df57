/** Who waits: what decides when it is one's turn. */
export interface Turn {
  /** Requests of one client take turns. */
  request: unknown
  /** Clients take turns; who has no name is of one client with all others without. */
  client?: string
  /** What waits with a higher priority goes first. */
  priority?: number
}

/** What takes turns: what belongs to no turn takes turns as its request. */
export interface TakesTurns {
  request?: unknown
  turn?: Turn
}

export const turnOf = ({ request, turn }: TakesTurns): Turn => turn ?? { request }
