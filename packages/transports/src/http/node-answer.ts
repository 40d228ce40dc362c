import { ConnectionClosed } from '@parley/core'
import type { IncomingMessage } from 'node:http'
import type { Abort } from './abort.ts'
import { discardTime, mostDiscarded, networkError } from './carrier.ts'
import type { Answer, Take } from './carrier.ts'

const ignore = (): void => undefined

/** An answer that came by `node:http`. */
export class NodeAnswer implements Answer {
  readonly status: number
  readonly #response: IncomingMessage
  readonly #abort: Abort

  constructor(response: IncomingMessage, abort: Abort) {
    this.#response = response
    this.#abort = abort
    // Always there on an answer.
    this.status = response.statusCode ?? 0
    // It may break before anybody reads it.
    response.on('error', ignore)
  }

  // Searched as they came: what Node makes of all of them costs more than the few that are looked at.
  header(name: string): string | null {
    const { rawHeaders } = this.#response
    let found: string | null = null
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const each = rawHeaders[at]
      if (each?.length !== name.length || each.toLowerCase() !== name) continue
      const value = rawHeaders[at + 1] ?? ''
      found = found === null ? value : `${found}, ${value}`
    }
    return found
  }

  headers(): Headers {
    const { rawHeaders } = this.#response
    const headers = new Headers()
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
    return headers
  }

  read(take: Take): Promise<boolean> {
    const response = this.#response
    return new Promise((resolve, reject) => {
      const broken = (error: unknown): void =>
        reject(networkError(error, this.#abort, 'The connection broke in the middle of an answer'))
      const gone = (): void => {
        if (!response.readableEnded) broken(response.errored ?? new ConnectionClosed('The connection was closed'))
      }
      if (response.destroyed) return gone()
      const hear = (chunk: Uint8Array): void => {
        try {
          if (!take(chunk)) return
          resolve(true)
        } catch (error) {
          reject(error)
        }
        // One read from the socket may hold several chunks, and all of them come before anybody learns that it is enough.
        response.off('data', hear)
        response.pause()
      }
      response.on('end', () => resolve(false))
      response.on('error', broken)
      response.on('close', gone)
      response.on('data', hear)
    })
  }

  discard(): void {
    const response = this.#response
    if (!response.complete) this.#limit()
    response.resume()
  }

  #limit(): void {
    const response = this.#response
    let size = 0
    response.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size >= mostDiscarded) response.destroy()
    })
    const timer = setTimeout(() => response.destroy(), discardTime)
    timer.unref()
    const end = (): void => clearTimeout(timer)
    response.on('end', end)
    response.on('close', end)
  }

  cut(): void {
    this.#response.destroy()
  }
}
