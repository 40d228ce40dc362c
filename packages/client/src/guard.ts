const reportToConsole = (error: unknown): void => {
  console.error('The client met an error that nobody waits for:', error)
}

/** Tells a user's callback of a fault; what the callback throws itself, nobody is left to hear. */
export const reporterOf =
  (onError: ((error: unknown) => void) | undefined): ((error: unknown) => void) =>
  (error) => {
    guard(
      () => (onError ?? reportToConsole)(error),
      () => undefined,
    )
  }

/**
 * Runs a user's callback and reports what it throws, now or later.
 *
 * It must not reach the road that made the call, which it would end, and must not go unhandled, which would end the
 * process.
 */
export const guard = (run: () => unknown, report: (error: unknown) => void): void => {
  try {
    const outcome = run()
    if (outcome instanceof Promise) outcome.catch(report)
  } catch (error) {
    report(error)
  }
}
