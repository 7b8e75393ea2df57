/** A class whose objects are callable: a call runs `_call`. */
export class Callable {
  constructor() {
    const called = (...all: unknown[]) => (called as unknown as { _call(...all: unknown[]): unknown })._call(...all)
    // biome-ignore lint/correctness/noConstructorReturn: the function is the object.
    return Object.setPrototypeOf(called, new.target.prototype)
  }
}

/** `Callable` as the base of a class whose objects are functions of type `F`. */
export const callable = <F>() => Callable as new () => F
