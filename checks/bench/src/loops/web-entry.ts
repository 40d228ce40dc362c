import { messagesIn } from '../http-connection.ts'
import { callText, legacy, modern, readAnswer } from '../messages.ts'
import { given, obey, textOf } from './loop.ts'

/** Makes calls of a web-standard handler: a `Request` in, a `Response` out, no network. */
export const obeyWith = (handle: (request: Request) => Promise<Response>): void => {
  const version = process.argv[2] === 'modern' ? modern : legacy
  const headers = {
    host: '127.0.0.1:3000',
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': version,
    ...(version === modern && { 'mcp-method': 'tools/call', 'mcp-name': 'add' }),
  }
  let ids = 0
  obey(async (index) => {
    const body = callText(version, ids++, { name: 'add', arguments: given(index), expected: '' })
    const response = await handle(new Request('http://127.0.0.1:3000/mcp', { method: 'POST', headers, body }))
    const type = response.headers.get('content-type') ?? ''
    const answer = { status: response.status, head: `content-type: ${type}`, body: await response.text() }
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status} ${answer.body}`)
    return textOf(readAnswer(messagesIn(answer).at(-1) ?? '{}').result ?? {})
  })
}
