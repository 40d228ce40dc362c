/** What a page got of a server that it has no business with. */
export type Outcome = 'blocked' | 'nothing readable' | 'open for ever' | `read ${string}`

/** One way in which a page reaches for a server. */
export type Attack = (url: string) => Promise<Outcome>

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1' } },
})
const call = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'whoami',
    arguments: {},
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'page', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
})
const both = 'application/json, text/event-stream'

const fetching = async (url: string, init: RequestInit): Promise<Outcome> => {
  try {
    const { type, status } = await fetch(url, init)
    return type === 'opaque' ? 'nothing readable' : `read ${status}`
  } catch {
    return 'blocked'
  }
}

type Posting = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> }

const posting = (url: string, type: string, body: string, init: Posting = {}): Promise<Outcome> =>
  fetching(url, { method: 'POST', body, ...init, headers: { ...init.headers, 'content-type': type } })

/** Waits for what an element comes to; where its content may be read, it is. */
const loading = (element: HTMLIFrameElement | HTMLScriptElement, start: () => void): Promise<Outcome> =>
  new Promise((resolve) => {
    element.addEventListener('error', () => resolve('blocked'))
    element.addEventListener('load', () => {
      const text = element instanceof HTMLIFrameElement ? element.contentDocument?.body.textContent : undefined
      resolve(text ? `read ${text}` : 'nothing readable')
    })
    start()
  })

const submitting = (url: string, enctype: string): Promise<Outcome> => {
  const frame = document.createElement('iframe')
  const form = document.createElement('form')
  const input = document.createElement('input')
  frame.name = `frame-${Math.random()}`
  // What text/plain makes of a name and a value, with the sign between them, is JSON.
  Object.assign(input, { name: `${initialize.slice(0, -1)},"a":"`, value: '"}' })
  Object.assign(form, { method: 'post', action: url, enctype, target: frame.name })
  form.append(input)
  // An empty frame reports at once that it has loaded nothing, which is not what is waited for.
  document.body.append(form, frame)
  return loading(frame, () => form.submit())
}

const including = (url: string): Promise<Outcome> => {
  const script = Object.assign(document.createElement('script'), { src: url })
  return loading(script, () => document.body.append(script))
}

const framing = (url: string): Promise<Outcome> => {
  const frame = Object.assign(document.createElement('iframe'), { src: url })
  return loading(frame, () => document.body.append(frame))
}

/** A frame without an origin asks, and tells. */
const sandboxed = (url: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.srcdoc = `<script>fetch(${JSON.stringify(url)}, { method: 'POST', body: '{}' }).then(
      ({ status }) => parent.postMessage('read ' + status, '*'),
      () => parent.postMessage('blocked', '*'))</script>`
    const hear = ({ data, source }: MessageEvent<Outcome>): void => {
      if (source !== frame.contentWindow) return
      removeEventListener('message', hear)
      resolve(data)
    }
    addEventListener('message', hear)
    document.body.append(frame)
  })

const sourcing = (url: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const source = new EventSource(url)
    source.addEventListener('open', () => resolve('read a stream'))
    source.addEventListener('error', () => {
      source.close()
      resolve('blocked')
    })
  })

const connecting = (url: string, protocols: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, protocols)
    socket.addEventListener('open', () => resolve('read a socket'))
    socket.addEventListener('close', () => resolve('blocked'))
  })

/** What a page can try against an MCP endpoint, by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  'a modern POST of JSON': (url) =>
    posting(url, 'application/json', call, {
      headers: {
        accept: both,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'whoami',
      },
    }),
  'a legacy POST of JSON': (url) => posting(url, 'application/json', initialize, { headers: { accept: both } }),
  'a POST of JSON with cookies': (url) =>
    posting(url, 'application/json', initialize, { headers: { accept: both }, credentials: 'include' }),
  'a simple POST': (url) => posting(url, 'text/plain', initialize),
  'a simple POST that calls itself JSON': (url) => posting(url, 'text/plain; application/json', initialize),
  'a POST without CORS': (url) => posting(url, 'text/plain', initialize, { mode: 'no-cors' }),
  'a form of text': (url) => submitting(url, 'text/plain'),
  'a form of parts': (url) => submitting(url, 'multipart/form-data'),
  'a beacon': async (url) => (navigator.sendBeacon(url, initialize) ? 'nothing readable' : 'blocked'),
  'a beacon of JSON': async (url) =>
    navigator.sendBeacon(url, new Blob([initialize], { type: 'application/json' })) ? 'nothing readable' : 'blocked',
  'a POST that outlives the page': (url) => posting(url, 'text/plain', initialize, { keepalive: true }),
  'a GET of a stream': (url) => fetching(url, { headers: { accept: 'text/event-stream' } }),
  'a GET without CORS': (url) => fetching(url, { headers: { accept: 'text/event-stream' }, mode: 'no-cors' }),
  'a GET with odd headers': (url) =>
    fetching(url, {
      headers: { 'x-forwarded-host': 'localhost', 'x-original-url': '/', 'mcp-session-id': 'x', 'last-event-id': '1' },
    }),
  'an EventSource': sourcing,
  'a DELETE': (url) => fetching(url, { method: 'DELETE', headers: { 'mcp-session-id': 'x' } }),
  'a PUT': (url) => fetching(url, { method: 'PUT', body: initialize }),
  'a script': including,
  'a frame': framing,
  'a frame without an origin': sandboxed,
}

/** The same for an endpoint of WebSockets. */
export const socketAttacks: Readonly<Record<string, Attack>> = {
  'a WebSocket': (url) => connecting(url, ['mcp']),
  'a WebSocket without a subprotocol': (url) => connecting(url, []),
}

const patience = 2000

const limited =
  (attack: Attack): Attack =>
  (url) =>
    Promise.race([attack(url), new Promise<Outcome>((resolve) => setTimeout(() => resolve('open for ever'), patience))])

const allLimited = (list: Readonly<Record<string, Attack>>): Record<string, Attack> =>
  Object.fromEntries(Object.entries(list).map(([name, attack]) => [name, limited(attack)]))

// What drives the page calls it by these names.
Object.assign(globalThis, { attacks: allLimited(attacks), socketAttacks: allLimited(socketAttacks) })
