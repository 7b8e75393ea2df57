import { Queue } from './queue.ts'

/**
 * Sentences that wait for room. Requests take turns, so that a request of one does not wait for thousands of another; within a request it is
 * first come, first served.
 */
export class FairQueue<T extends { request?: unknown }> {
  /** The request whose turn it is comes first; none is empty. */
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

  /** The one that is taken next; undefined where nobody waits. */
  get first(): T | undefined {
    for (const sentences of this.#requests.values()) return sentences.first
    return undefined
  }

  /** Takes the first out, and has the other requests come before the rest of its own. */
  take(): T {
    const [[request, sentences]] = this.#requests
    const sentence = sentences.take()
    this.#requests.delete(request)
    if (sentences.length) this.#requests.set(request, sentences)
    return sentence
  }

  /** Takes out all that `is` says yes to. */
  drop(is: (sentence: T) => boolean): void {
    for (const [request, sentences] of this.#requests) {
      sentences.drop(is)
      if (!sentences.length) this.#requests.delete(request)
    }
  }
}
