/** A promise that somebody else settles. */
export type Deferred = {
  promise: Promise<void>
  resolve: (value: void) => void
  reject: (reason: unknown) => void
}

/** Makes a promise that is settled from outside, and whose rejection nobody has to handle. */
export const deferred = (): Deferred => {
  let resolve: Deferred['resolve'] = () => undefined
  let reject: Deferred['reject'] = () => undefined
  const promise = new Promise<void>((...settle) => {
    ;[resolve, reject] = settle
  })
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

/** What takes a message at once answers with it, where a promise is owed. */
export const taken: Promise<void> = Promise.resolve()

/** A rejection that nobody has to handle: whoever sends may ignore backpressure. */
export const refused = (reason: unknown): Promise<never> => {
  const promise = Promise.reject(reason)
  promise.catch(() => undefined)
  return promise
}
