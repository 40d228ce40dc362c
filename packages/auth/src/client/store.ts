import type { JsonObject } from '@parley/core'

/**
 * Where registrations and tokens are kept: plain JSON by key. One store belongs to one user; whoever serves many gives
 * each their own.
 *
 * What is written holds credentials. Keys do not; they name issuers and resources.
 */
export interface CredentialStore {
  /** Settles with what was last written under a key, or with undefined. */
  read(key: string): Promise<JsonObject | undefined>
  /** Writes all of a value or nothing; whoever reads sees the old one or the new one. */
  write(key: string, value: JsonObject): Promise<void>
  delete(key: string): Promise<void>
  /**
   * Does work while nobody else who shares the store does any under that key. Without it, only work in the same process
   * is kept apart, and a refresh token that rotates may be lost to another process.
   *
   * Rejects with the signal's reason when it aborts before the work could begin, and otherwise as the work does.
   */
  lock?<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

/** Makes a store that lives as long as this process. */
export const memoryStore = (): CredentialStore => {
  const values = new Map<string, string>()
  return {
    // Text, so that nobody can change what is stored by changing what they were given.
    read: async (key) => {
      const text = values.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as JsonObject)
    },
    write: async (key, value) => void values.set(key, JSON.stringify(value)),
    delete: async (key) => void values.delete(key),
  }
}

// The end of each queue: what settles when all who stand in it are done, and never rejects.
const queues = new WeakMap<CredentialStore, Map<string, Promise<void>>>()

/** Rejects with the signal's reason as soon as it aborts; the promise itself goes on. */
export const orAbort = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise
  signal.throwIfAborted()
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Does work alone: one after another in this process, and across processes where the store can do that. */
export const alone = async <T>(
  store: CredentialStore,
  key: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  const queue = queues.get(store) ?? new Map<string, Promise<void>>()
  queues.set(store, queue)
  const before = queue.get(key) ?? Promise.resolve()
  let finish: () => void = () => undefined
  const turn = new Promise<void>((resolve) => {
    finish = resolve
  })
  const mine = before.then(() => turn)
  queue.set(key, mine)
  try {
    await orAbort(before, signal)
    return store.lock === undefined ? await work() : await store.lock(key, work, signal)
  } finally {
    finish()
    // Not at once: one that left the queue early still has those before it working.
    void mine.then(() => queue.get(key) === mine && queue.delete(key))
  }
}
