/**
 * The virtual time of start-time fair queuing (Goyal, Vin and Cheng 1996): the service that the last served sharer had
 * received before. A newcomer's service starts at this time, so that nobody saves up turns.
 */
export class FairClock {
  #time = 0

  /** The service with which a newcomer starts. */
  get start(): number {
    return this.#time
  }

  /** Advances to the service, so far, of the sharer that is served next; the time never goes back. */
  advance(service: number): void {
    this.#time = Math.max(this.#time, service)
  }
}
