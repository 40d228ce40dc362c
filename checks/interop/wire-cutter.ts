/** A `fetch` whose event streams can be broken, and whose session can be ended behind the client's back. */
export class WireCutter {
  readonly #open = new Set<AbortController>()
  #session: { url: string | URL; id: string } | undefined
  #onResumed: (lastEventId: string) => void = () => undefined

  readonly fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    const id = headers.get('mcp-session-id')
    if (id !== null) this.#session = { url, id }
    const lastEventId = headers.get('last-event-id')
    if (lastEventId !== null) this.#onResumed(lastEventId)
    if (init.method !== 'POST') return fetch(url, init)
    const cut = new AbortController()
    const { signal } = init
    const response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, cut.signal]) : cut.signal })
    if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) this.#open.add(cut)
    return response
  }

  /** Breaks every stream that a POST opened. Settles with the id of the event from which on one of them is resumed. */
  cut(): Promise<string> {
    const resumed = new Promise<string>((resolve) => {
      this.#onResumed = resolve
    })
    for (const each of this.#open) each.abort(new TypeError('The wire was cut'))
    this.#open.clear()
    return resumed
  }

  /** Ends the session, of which the client hears nothing. */
  async forget(): Promise<void> {
    if (this.#session === undefined) throw new Error('There is no session yet')
    const { url, id } = this.#session
    await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': id } })
  }
}
