import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the transports of the official SDKs are made with. */
export type SessionOptions = {
  readonly sessionIdGenerator: () => string
  readonly enableJsonResponse: boolean
  readonly onsessioninitialized: (id: string) => void
  readonly onsessionclosed: (id: string) => void
}

type Transport = { handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> }

/** Answers as the examples of the official SDKs do: a server and a transport for each session, found by its id. */
export const answerSessions = <Session extends Transport>(
  enableJsonResponse: boolean,
  open: (options: SessionOptions) => Promise<Session>,
): ((request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const sessions = new Map<string, Session>()

  const begin = async (): Promise<Session> => {
    const session = await open({
      sessionIdGenerator: randomUUID,
      enableJsonResponse,
      onsessioninitialized: (id) => void sessions.set(id, session),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    return session
  }

  return async (request, response) => {
    const id = request.headers['mcp-session-id']
    const session = id === undefined ? await begin() : sessions.get(String(id))
    if (session === undefined) return void response.writeHead(404).end()
    return session.handleRequest(request, response)
  }
}
