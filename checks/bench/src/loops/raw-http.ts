import { callText, initialize, initialized, legacy, modern, readAnswer } from '../messages.ts'
import type { Version } from '../messages.ts'
import { given, obey, textOf } from './loop.ts'

/** Makes one POST, and gives the answer's session header and its text. */
export type Post = (headers: Record<string, string>, body: string) => Promise<{ session: string | null; text: string }>

const basic = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** Makes calls with no SDK, over whatever makes requests. */
export const obeyWith = async (version: Version, post: Post): Promise<void> => {
  let headers: Record<string, string> = {
    ...basic,
    'mcp-protocol-version': version,
    ...(version === modern && { 'mcp-method': 'tools/call', 'mcp-name': 'add' }),
  }
  if (version === legacy) {
    const { session } = await post(basic, initialize)
    headers = { ...headers, 'mcp-session-id': session ?? '' }
    await post(headers, initialized)
  }
  let ids = 0
  obey(async (index) => {
    const { text } = await post(
      headers,
      callText(version, ids++, { name: 'add', arguments: given(index), expected: '' }),
    )
    return textOf(readAnswer(text).result ?? {})
  })
}
