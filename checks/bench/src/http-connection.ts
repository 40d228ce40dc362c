import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A whole answer to one request. */
export type HttpAnswer = { readonly status: number; readonly head: string; readonly body: string }

type Waiting = { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void; onData: (text: string) => void }

const headEnd = Buffer.from('\r\n\r\n')
const lineEnd = Buffer.from('\r\n')
const nothing: Buffer = Buffer.alloc(0)

/** The value of a header by its lower-case name, or nothing. */
export const headerOf = (head: string, name: string): string | undefined => {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim()
  }
  return undefined
}

const eventData = (body: string): string[] =>
  body.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
    const text = data.join('\n')
    return text === '' ? [] : [text]
  })

/** The messages in an answer, whichever way they came. */
export const messagesIn = ({ head, body }: HttpAnswer): string[] => {
  if (headerOf(head, 'content-type')?.startsWith('text/event-stream') === true) return eventData(body)
  return body === '' ? [] : [body]
}

/** The text of a request to a server of the bench. Each of `headers` ends its line. */
export const requestText = (port: number, method: 'POST' | 'GET' | 'DELETE', headers: string, body = ''): string =>
  `${method} /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json, text/event-stream\r\n` +
  (method === 'POST' ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` : '') +
  `${headers}\r\n${body}`

/**
 * One kept connection that asks one thing at a time.
 *
 * It reads what HTTP/1.1 servers send, whole or in chunks, and no more: what is measured is the far side.
 */
export class HttpConnection {
  readonly #socket: Socket
  #rest: Buffer = nothing
  #head = ''
  // Bytes of the body, or of the chunk, that are still to come; undefined between chunks, and before the head.
  #owed: number | undefined
  #chunked = false
  #body: Uint8Array[] = []
  #waiting: Waiting | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The connection was closed')))
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new HttpConnection(socket)))
    })
  }

  /** Sends a request, in pieces of `chunk` bytes if it is given; `onData` hears each piece of the answer's body. */
  async ask(request: string, chunk?: number, onData: (text: string) => void = () => undefined): Promise<HttpAnswer> {
    const answer = new Promise<HttpAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject, onData }
    })
    // It may fail while the request is still being sent.
    answer.catch(() => undefined)
    await this.#send(request, chunk)
    return answer
  }

  async #send(request: string, chunk: number | undefined): Promise<void> {
    if (chunk === undefined) {
      this.#socket.write(request)
      return
    }
    const bytes = Buffer.from(request)
    for (let at = 0; at < bytes.length && !this.#socket.destroyed; at += chunk) {
      const piece = bytes.subarray(at, at + chunk)
      await new Promise<void>((resolve) => this.#socket.write(piece, () => setImmediate(resolve)))
    }
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#step());
  }

  /** Reads the next part of an answer, if it is there; whether there may be more. */
  #step(): boolean {
    if (this.#head === '') return this.#readHead()
    if (this.#owed === undefined) return this.#readSize()
    return this.#readBody(this.#owed)
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf(headEnd)
    if (end === -1) return false
    this.#head = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 4)
    this.#chunked = headerOf(this.#head, 'transfer-encoding') === 'chunked'
    this.#owed = this.#chunked ? undefined : Number(headerOf(this.#head, 'content-length') ?? 0)
    if (this.#owed === 0) this.#finish()
    return true
  }

  #readSize(): boolean {
    const end = this.#rest.indexOf(lineEnd)
    if (end === -1) return false
    const size = Number.parseInt(this.#rest.toString('latin1', 0, end), 16)
    if (size === 0) {
      if (this.#rest.length < end + 4) return false
      this.#rest = this.#rest.subarray(end + 4)
      this.#finish()
      return true
    }
    this.#rest = this.#rest.subarray(end + 2)
    // The line's end after the chunk counts with it.
    this.#owed = size + 2
    return true
  }

  #readBody(owed: number): boolean {
    const piece = this.#rest.subarray(0, owed)
    if (piece.length === 0) return false
    this.#rest = this.#rest.subarray(piece.length)
    this.#owed = owed - piece.length
    const content = this.#chunked ? piece.subarray(0, Math.max(0, piece.length - Math.max(0, 2 - this.#owed))) : piece
    this.#body.push(content)
    this.#waiting?.onData(content.toString('utf8'))
    if (this.#owed > 0) return false
    if (this.#chunked) this.#owed = undefined
    else this.#finish()
    return true
  }

  #finish(): void {
    const answer = {
      status: Number(this.#head.slice(9, 12)),
      head: this.#head,
      body: Buffer.concat(this.#body).toString('utf8'),
    }
    this.#head = ''
    this.#owed = undefined
    this.#body = []
    this.#waiting?.resolve(answer)
    this.#waiting = undefined
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  close(): void {
    this.#socket.destroy()
  }
}
