/** Calls `tick` over and over until the function that it returns is called. It does not keep a process alive. */
export const every = (milliseconds: number, tick: () => void): (() => void) => {
  const timer: unknown = setInterval(tick, milliseconds)
  // Where timers are objects they can be told not to hold the process; elsewhere there is no process to hold.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
  return () => clearInterval(timer as ReturnType<typeof setInterval>)
}

/** Whether a timer lasts longer than the request that set it: so it does everywhere but on Workers. */
export const timersLast = (): boolean =>
  typeof navigator === 'undefined' || navigator.userAgent !== 'Cloudflare-Workers'
