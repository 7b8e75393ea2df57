import { Queue } from './queue.ts'

/**
 * Sentences that wait for room. Requests take turns, so that a request of one sentence does not wait for a request of thousands. The
 * sentences of one request are taken in their order.
 */
export class FairQueue<T extends { request?: unknown }> {
  /** The queues of requests: the request whose turn it is comes first, and no queue is empty. */
  readonly #requests = new Map<unknown, Queue<T>>()

  get length(): number {
    let length = 0
    for (const sentences of this.#requests.values()) length += sentences.length
    return length
  }

  push(sentence: T): void {
    const sentences = this.#requests.get(sentence.request) ?? new Queue<T>()
    sentences.push(sentence)
    this.#requests.set(sentence.request, sentences)
  }

  /** The sentence that is taken next; undefined where no sentence waits. */
  get first(): T | undefined {
    for (const sentences of this.#requests.values()) return sentences.first
    return undefined
  }

  /** Takes the first sentence out. The other requests have their turns before the next sentence of the same request. */
  take(): T {
    const [[request, sentences]] = this.#requests
    const sentence = sentences.take()
    this.#requests.delete(request)
    if (sentences.length) this.#requests.set(request, sentences)
    return sentence
  }

  /** Takes out all sentences for which `is` returns true. */
  drop(is: (sentence: T) => boolean): void {
    for (const [request, sentences] of this.#requests) {
      sentences.drop(is)
      if (!sentences.length) this.#requests.delete(request)
    }
  }
}
