// The least that a client on `node:http` can do.
import { Agent, request } from 'node:http'
import type { Version } from '../messages.ts'
import { obeyWith } from './raw-http.ts'

const [version, port] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })

await obeyWith(
  version as Version,
  (headers, body) =>
    new Promise((resolve, reject) => {
      const sized = { ...headers, 'content-length': Buffer.byteLength(body) }
      const options = { agent, host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers: sized }
      const asked = request(options, (response) => {
        const chunks: Uint8Array[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const session = response.headers['mcp-session-id']
          resolve({
            session: typeof session === 'string' ? session : null,
            text: Buffer.concat(chunks).toString('utf8'),
          })
        })
      })
      asked.on('error', reject)
      asked.end(body)
    }),
)
