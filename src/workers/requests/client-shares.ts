/**
 * How much room each client has taken. Clients who are there share the room evenly once it is full: a client within its
 * share finds a place however much others have taken, and the one who fills the room is refused.
 */
export class ClientShares {
  readonly #held = new Map<string, number>()
  #total = 0

  /** What all clients hold. */
  get total(): number {
    return this.#total
  }

  /**
   * Whether a client may take this much of a room of `most` beside what is held. The shares of n clients that came one
   * after the other are together at most 1 + 1/2 + … + 1/n times the room.
   */
  hasRoom(client: string, amount: number, most: number): boolean {
    if (this.#total + amount <= most) return true
    const own = this.#held.get(client) ?? 0
    const clients = this.#held.size + (own > 0 ? 0 : 1)
    return clients > 1 && own + amount <= most / clients
  }

  take(client: string, amount: number): void {
    this.#add(client, amount)
  }

  giveBack(client: string, amount: number): void {
    this.#add(client, -amount)
  }

  #add(client: string, amount: number): void {
    this.#total += amount
    const own = (this.#held.get(client) ?? 0) + amount
    if (own > 0) this.#held.set(client, own)
    else this.#held.delete(client)
  }
}
