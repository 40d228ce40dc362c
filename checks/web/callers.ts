import { connect } from '@parley/client'
import type { CallOptions, Client } from '@parley/client'
import type { JsonObject } from '@parley/core'
import { http } from '@parley/transports/http/client'
import { deferred } from './deferred.ts'

/** The newest revision of each era. */
export const versions: readonly string[] = ['2026-07-28', '2025-11-25']

/** One request of a client, and the head of its answer. */
export type Sent = {
  readonly method: string
  readonly lastEventId: string | null
  readonly status: number
  readonly type: string | null
  readonly encoding: string | null
}

/** A client, with all that it sent. */
export type Caller = {
  readonly client: Client
  readonly sent: readonly Sent[]
  /** Settles when a broken stream has been taken up again. */
  readonly resumed: Promise<void>
}

/** Connects a client that answers every question with the name Ada. */
export const call = async (url: string, version: string): Promise<Caller> => {
  const sent: Sent[] = []
  const resumed = deferred()
  const watched = async (to: URL, init: RequestInit): Promise<Response> => {
    const response = await fetch(to, init)
    const { status, headers } = response
    const lastEventId = new Headers(init.headers).get('last-event-id')
    const [type, encoding] = [headers.get('content-type'), headers.get('content-encoding')]
    sent.push({ method: init.method ?? 'GET', lastEventId, status, type, encoding })
    if (lastEventId !== null && response.ok) resumed.resolve()
    return response
  }
  const client = await connect(http(url, { fetch: watched }), {
    name: 'caller',
    version: '1.0.0',
    versions: [version],
    onElicit: () => ({ action: 'accept', content: { name: 'Ada' } }),
  })
  return { client, sent, resumed: resumed.promise }
}

/** Calls a tool and puts the text of its answer together. */
export const say = async (client: Client, tool: string, args?: JsonObject, options?: CallOptions): Promise<string> => {
  const { content } = await client.callTool(tool, args, options)
  return content.map((block) => (block.type === 'text' ? block.text : block.type)).join()
}
