/** Waits until the lock at this path is free; `waiting` is called once if it is not. Returns the function that releases it. */
export function takeLock(path: string, waiting: () => void): Promise<() => void>
