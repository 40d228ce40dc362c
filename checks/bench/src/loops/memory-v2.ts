// In the modern era it has no pair of transports: its handler, called as the client's `fetch`, is its way within a process.
import { InMemoryTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Transport } from '@modelcontextprotocol/client'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { legacy } from '../messages.ts'
import { makeServer } from '../servers/v2.ts'
import { obeyWith } from './official-v2.ts'

const version = process.argv[2]

const openPair = async (): Promise<Transport> => {
  const [near, far] = InMemoryTransport.createLinkedPair()
  await makeServer().connect(far)
  return near
}

const openHandler = (): Transport => {
  const handler = createMcpHandler(makeServer)
  return new StreamableHTTPClientTransport(new URL('http://127.0.0.1/mcp'), {
    fetch: (url, init) => handler.fetch(new Request(url, init)),
  })
}

await obeyWith(version === legacy ? await openPair() : openHandler(), version)
