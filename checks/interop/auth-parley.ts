import type { Caller } from './auth-meeting.ts'
import { connectBy, visitor } from '../auth/visitor.ts'

/** Our client, and how often its person has had to log in. */
export const parley = async (
  url: string,
  versions?: readonly string[],
): Promise<{ caller: Caller; logins: () => number }> => {
  const someone = visitor(url)
  const client = await connectBy(url, someone, versions === undefined ? {} : { versions })
  return {
    caller: {
      version: client.version,
      call: async (tool) => {
        const { content } = await client.callTool(tool)
        return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
      },
      close: () => client.close(),
    },
    logins: () => someone.opened.length,
  }
}
