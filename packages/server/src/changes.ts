/** What changed on a server: one of its lists, or the resource at a URI. */
export type Change = { list: 'tools' | 'prompts' | 'resources' } | { updated: string }

/**
 * Carries changes from whoever makes them to whoever listens; a fleet has one that spans its processes.
 *
 * `publish` never throws and reaches every listener in order. `listen` returns what ends listening.
 */
export interface ChangeBus {
  publish(change: Change): void
  listen(listener: (change: Change) => void): () => void
}

/** The bus of one process. A listener that throws does not keep the others from hearing. */
export const memoryBus = (): ChangeBus => {
  const listeners = new Set<(change: Change) => void>()
  return {
    publish(change) {
      for (const listener of listeners) {
        try {
          listener(change)
        } catch {
          // A listener's own failure is not the publisher's to answer for.
        }
      }
    },
    listen(listener) {
      // Its own function each time, so that listening twice is two listenings.
      const own = (change: Change): void => listener(change)
      listeners.add(own)
      return () => {
        listeners.delete(own)
      }
    },
  }
}
