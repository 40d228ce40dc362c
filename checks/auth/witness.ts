import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A request as it arrived. */
export type Heard = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Something that lets its bearer in, and where a request had it. */
export type Credential = { readonly kind: string; readonly value: string; readonly at: string }

const kinds = new Set([
  'access_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'refresh_token',
  'subject_token',
])

const fieldsOf = ({ headers, body }: Heard): (readonly [string, string])[] => {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(body)]
  if (!type.startsWith('application/json')) return []
  const read: unknown = JSON.parse(body)
  return Object.entries(read ?? {}).map(([name, value]) => [name, String(value)] as const)
}

/** Every credential of a request: in its query, in a form or JSON, in `Authorization`, in a cookie. */
export const credentialsOf = (heard: Heard): Credential[] => {
  const { headers, query, path: at } = heard
  const { authorization, cookie } = headers
  return [
    ...[...query, ...fieldsOf(heard)].flatMap(([kind, value]) => (kinds.has(kind) ? [{ kind, value, at }] : [])),
    ...(authorization === undefined ? [] : [{ kind: 'authorization', value: authorization, at }]),
    ...(cookie === undefined ? [] : [{ kind: 'cookie', value: cookie, at }]),
  ]
}

/** Reads a request to its end. */
export const hear = async (request: IncomingMessage): Promise<Heard> => {
  const url = new URL(`http://any${request.url}`)
  const { method = '', headers } = request
  return { method, path: url.pathname, query: url.searchParams, headers, body: await text(request) }
}
