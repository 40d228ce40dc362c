// The platform's `fetch` with no SDK around it: what most HTTP clients stand on.
import type { Version } from '../messages.ts'
import { obeyWith } from './raw-http.ts'

const [version, port] = process.argv.slice(2)
const url = `http://127.0.0.1:${port}/mcp`

await obeyWith(version as Version, async (headers, body) => {
  const response = await fetch(url, { method: 'POST', headers, body })
  return { session: response.headers.get('mcp-session-id'), text: await response.text() }
})
