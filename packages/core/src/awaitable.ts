/** A value, or the promise of one: what can be had at once is, for a promise costs more than most of the work here. */
export type Awaitable<T> = T | Promise<T>

/** Whether a value is to be awaited: a promise of any make. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  value instanceof Promise ||
  (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')

/** Goes on with a value: at once if it is there, else once it is. */
export const andThen = <T, U>(value: Awaitable<T>, onward: (value: T) => Awaitable<U>): Awaitable<U> =>
  value instanceof Promise ? value.then(onward) : onward(value)

/** Does work and, where that throws or rejects, gives what `instead` makes of the error. */
export const orElse = <T>(work: () => Awaitable<T>, instead: (error: unknown) => Awaitable<T>): Awaitable<T> => {
  try {
    const value = work()
    return value instanceof Promise ? value.catch(instead) : value
  } catch (error) {
    return instead(error)
  }
}
