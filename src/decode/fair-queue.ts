import { Queue } from './queue.ts'

/**
 * Tasks that wait for room. Groups take turns, so that a group of one does not wait for thousands of another; within a group it is
 * first come, first served.
 */
export class FairQueue<T extends { group?: unknown }> {
  /** The group whose turn it is comes first; none is empty. */
  readonly #groups = new Map<unknown, Queue<T>>()

  get length(): number {
    let length = 0
    for (const tasks of this.#groups.values()) length += tasks.length
    return length
  }

  push(task: T): void {
    const tasks = this.#groups.get(task.group) ?? new Queue<T>()
    tasks.push(task)
    this.#groups.set(task.group, tasks)
  }

  /** The one that is taken next; undefined where nobody waits. */
  get first(): T | undefined {
    for (const tasks of this.#groups.values()) return tasks.first
    return undefined
  }

  /** Takes the first out, and has the other groups come before the rest of its own. */
  take(): T {
    const [[group, tasks]] = this.#groups
    const task = tasks.take()
    this.#groups.delete(group)
    if (tasks.length) this.#groups.set(group, tasks)
    return task
  }

  /** Takes out all that `is` says yes to. */
  drop(is: (task: T) => boolean): void {
    for (const [group, tasks] of this.#groups) {
      tasks.drop(is)
      if (!tasks.length) this.#groups.delete(group)
    }
  }
}
