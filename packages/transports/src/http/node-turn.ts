// Taken now, so that whoever puts the clock aside in a test still gets answers.
const afterPolling = setImmediate

// Milliseconds that something may be left while others are served: what is slow must not hold up all that came with it.
const patience = 1

let left: (() => void)[] = []
let since = 0

const flush = (): void => {
  const due = left
  left = []
  for (const write of due) write()
}

/**
 * Leaves a write for the end of this turn of the event loop, when all that came by now was served; it goes earlier where
 * that takes long.
 *
 * A write wakes whoever waits for it, a client or a proxy on the same machine, and that costs more than most answers. Of
 * writes in a row only the first does, for the reader is then awake.
 */
export const atTurnEnd = (write: () => void): void => {
  if (left.push(write) === 1) {
    since = performance.now()
    afterPolling(flush)
  } else if (performance.now() - since > patience) flush()
}
