import { invalidParams } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { errorObject, failure, success } from '@parley/protocol'
import type { Exchange, Responder, RpcNotification, RpcResponse } from '@parley/protocol'

/** A promise with the functions that settle it. */
export type Deferred<T> = { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void }

/** Makes a promise that is settled from outside. */
export const deferred = <T = void>(): Deferred<T> => {
  let resolve: (value: T) => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

type Script = (exchange: Exchange, params: JsonObject) => Promise<RpcResponse | undefined>

/**
 * A responder that does what the requests put to it say, so that a road can be seen to carry it.
 *
 * Its methods start with `test/`; `initialize` opens a session where a road needs one.
 */
export class Scripted implements Responder {
  /** The notifications that came, in order. */
  readonly heard: RpcNotification[] = []
  /** The exchanges that were begun, in order. */
  readonly begun: Exchange[] = []
  readonly #watchers: { done: () => boolean; resolve: () => void }[] = []
  readonly #held = new Map<unknown, Deferred<void>>()

  readonly #scripts: ReadonlyMap<string, Script> = new Map<string, Script>([
    ['test/echo', async ({ request }, params) => success(request.id, { echoed: params['value'] })],
    [
      'test/fail',
      async ({ request }) => failure(request.id, { code: 1234, message: 'as asked', data: { why: ['é'] } }),
    ],
    ['test/silent', async () => undefined],
    ['test/unwritable', async ({ request }) => success(request.id, { big: 1n })],
    ['test/notify', (exchange, params) => notifyMany(exchange, Number(params['count']))],
    ['test/hold', (exchange, params) => this.#hold(exchange, params['name'])],
    ['test/ask', (exchange, params) => askBack(exchange, params)],
    [
      'test/where',
      async ({ request, origin, session }) =>
        success(request.id, { road: origin.road, session: session !== undefined }),
    ],
    ['initialize', async ({ request, session }) => success(request.id, welcome(session?.state, request.params))],
  ])

  respond(exchange: Exchange): Promise<RpcResponse | undefined> {
    this.begun.push(exchange)
    this.#look()
    const { request } = exchange
    const script = this.#scripts.get(request.method)
    if (script === undefined) return Promise.resolve(failure(request.id, errorObject(invalidParams('no such script'))))
    return script(exchange, request.params ?? {})
  }

  hear(notification: RpcNotification): void {
    this.heard.push(notification)
    this.#look()
  }

  /** Settles as soon as a condition on what came holds. */
  until(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ done, resolve })
      this.#look()
    })
  }

  #look(): void {
    for (const { done, resolve } of this.#watchers) if (done()) resolve()
  }

  /** Lets the `test/hold` of this name be answered. */
  release(name: unknown): void {
    this.#gate(name).resolve()
  }

  #gate(name: unknown): Deferred<void> {
    let gate = this.#held.get(name)
    if (gate === undefined) this.#held.set(name, (gate = deferred()))
    return gate
  }

  async #hold({ request, signal }: Exchange, name: unknown): Promise<RpcResponse> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([this.#gate(name).promise, aborted])
    return success(request.id, { held: name })
  }
}

const notifyMany = async (exchange: Exchange, count: number): Promise<RpcResponse> => {
  const { progressToken } = (exchange.request.params?.['_meta'] ?? {}) as { progressToken?: unknown }
  for (let progress = 1; progress <= count; progress += 1) {
    await exchange.notify('notifications/progress', { progressToken, progress })
  }
  return success(exchange.request.id, { sent: count })
}

const askBack = async ({ request, ask }: Exchange, params: JsonObject): Promise<RpcResponse> => {
  if (ask === undefined) return failure(request.id, { code: 1, message: 'this road has no way back' })
  const answers = Number(params['count'])
  const given = await Promise.all(
    Array.from({ length: answers }, (_, index) => ask('test/answer', { of: params['of'], index })),
  )
  return success(request.id, { given })
}

const welcome = (state: { version?: string } | undefined, params: JsonObject | undefined): JsonObject => {
  const protocolVersion = String(params?.['protocolVersion'])
  if (state !== undefined) state.version = protocolVersion
  return { protocolVersion, capabilities: {}, serverInfo: { name: 'scripted', version: '1' } }
}

/** A client's side that answers what `test/ask` asks. */
export const answering = (): Responder & { heard: RpcNotification[]; ids: unknown[] } => {
  const heard: RpcNotification[] = []
  const ids: unknown[] = []
  return {
    heard,
    ids,
    respond: async ({ request }) => {
      ids.push(request.id)
      return success(request.id, { ...request.params })
    },
    hear: (notification) => void heard.push(notification),
  }
}
