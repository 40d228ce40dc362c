import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { deferred } from './deferred.ts'
import type { Deferred } from './deferred.ts'

/** One request as it came in at a server of this process; its status is 0 for as long as it has no answer. */
export type Arrival = { readonly name: string; readonly method: string; readonly path: string; readonly status: number }

/** Every request to one port, whatever becomes of it. */
export interface Arrivals extends Disposable {
  readonly all: readonly Arrival[]
  /** Settles when a request with `?name=` has been answered, or after two seconds. */
  answered(name: string): Promise<void>
}

const patience = 2000

type Happening = { request: IncomingMessage; response: ServerResponse }

/** Watches the requests to one port from inside Node, so that the server under test is as it always is. */
export const watchArrivals = (port: number): Arrivals => {
  const all: Arrival[] = []
  const waiting = new Map<string, Deferred<void>>()
  const waitFor = (name: string): Deferred<void> => {
    const made = waiting.get(name) ?? deferred()
    waiting.set(name, made)
    return made
  }
  const started = (happening: unknown): void => {
    const { request, response } = happening as Happening
    if (request.socket.localPort !== port) return
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const name = searchParams.get('name') ?? ''
    all.push({
      name,
      method: request.method ?? '',
      path: pathname,
      get status() {
        return response.headersSent ? response.statusCode : 0
      },
    })
    response.once('close', () => waitFor(name).resolve())
  }
  subscribe('http.server.request.start', started)
  return {
    all,
    answered: async (name) => {
      let timer: NodeJS.Timeout | undefined
      // An answer that goes on for ever is looked at all the same.
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patience)))
      await Promise.race([waitFor(name).promise, late])
      clearTimeout(timer)
    },
    [Symbol.dispose]: () => void unsubscribe('http.server.request.start', started),
  }
}
