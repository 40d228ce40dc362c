/** Whether an error is only the echo of a call's own end: its caller cancelled, or is gone. */
export const isCancellation = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
