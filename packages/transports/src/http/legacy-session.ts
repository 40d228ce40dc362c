import { InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { Abort } from './abort.ts'
import { mediaType, readRefusal } from './body.ts'
import { isOk } from './carrier.ts'
import type { Answer } from './carrier.ts'
import { versionHeader } from './headers.ts'
import { post } from './patience.ts'
import { eitherReply, eventStream, send } from './site.ts'
import type { Site } from './site.ts'

const sessionHeader = 'mcp-session-id'

// MUST (2025-11-25, basic/transports#session-management): visible ASCII only; anything else is no session id.
const isVisible = (text: string): boolean => /^[!-~]{1,4096}$/.test(text)

/** What a client knows of its legacy session with one server: its name, if it has one, and the revision. */
export class LegacySession {
  readonly #site: Site
  /** Names the session; undefined before `initialize`, and with servers that keep none. */
  id: string | undefined
  /** The revision that `initialize` settled on. */
  version: string | undefined

  constructor(site: Site) {
    this.#site = site
  }

  /** Takes in what an `initialize` settled on. */
  begin(result: JsonObject, answer: Answer): void {
    const { protocolVersion } = result
    if (typeof protocolVersion === 'string') this.version = protocolVersion
    const id = answer.header(sessionHeader)
    this.id = id !== null && isVisible(id) ? id : undefined
  }

  #headers(accept: string, opening: boolean): Map<string, string> {
    const headers = new Map([['accept', accept]])
    if (opening) return headers
    // MUST (2025-11-25, basic/transports): both on every request after `initialize` (G2, G5).
    if (this.id !== undefined) headers.set(sessionHeader, this.id)
    if (this.version !== undefined) headers.set(versionHeader, this.version)
    return headers
  }

  /** POSTs one message, and settles with the head of the answer. `opening` leaves out what only a session has. */
  post(body: string, abort: Abort, opening: boolean): Promise<Answer> {
    const headers = this.#headers(eitherReply, opening)
    headers.set('content-type', 'application/json')
    return post(this.#site, { headers, body, abort })
  }

  /** Opens a stream with GET, from the event of that id on where one is known. Rejects when there is none. */
  async stream(lastId: string | undefined, abort: Abort): Promise<Answer> {
    const headers = this.#headers(eventStream, false)
    if (lastId !== undefined) headers.set('last-event-id', lastId)
    const answer = await send(this.#site, { method: 'GET', headers, abort })
    if (!isOk(answer)) throw (await readRefusal(answer)).failure
    if (mediaType(answer) === eventStream) return answer
    answer.discard()
    throw new InvalidResult('GET', `HTTP ${answer.status} came without an event stream`)
  }

  /** Tells the server that the session is over (G4). Never rejects: it may not care, or be gone. */
  async end(wait: number): Promise<void> {
    if (this.id === undefined) return
    const headers = this.#headers(eitherReply, false)
    this.id = undefined
    const abort = new Abort()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, wait)
    })
    const told = send(this.#site, { method: 'DELETE', headers, abort }).then((answer) => answer.discard())
    // A session that was not ended ends by itself.
    await Promise.race([told.catch(() => undefined), late])
    clearTimeout(timer)
    abort.abort(undefined)
  }
}
