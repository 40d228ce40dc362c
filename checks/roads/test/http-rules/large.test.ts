import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@parley/client'
import { HttpFailure } from '@parley/core'
import { Server } from '@parley/server'
import { http } from '@parley/transports/http/client'
import { toNodeHandler } from '@parley/transports/http/node'
import { expect, it, onTestFinished } from 'vitest'
import { serve } from './served.ts'

const mirroring = (): Server => {
  const server = new Server({ name: 's', version: '1.0.0' })
  const place = { type: 'string', 'x-mcp-header': 'Place' } as const
  server.tool(
    'look',
    { input: { type: 'object', properties: { place }, required: ['place'] } as const },
    ({ place: at }) => at.length,
  )
  return server
}

const me = { name: 'test', version: '1.0.0' }

it('X7: an argument too large for a header fails its own call with 431, and the next one is answered', async () => {
  const { url } = await serve(mirroring(), { maxHeaderSize: 4096 })
  const client = await connect(http(url), me)
  await client.listTools()
  const failure = await client.callTool('look', { place: 'x'.repeat(8000) }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HttpFailure)
  expect(failure).toMatchObject({ status: 431 })
  expect((await client.callTool('look', { place: 'here' })).content).toEqual([{ type: 'text', text: '4' }])
  await client.close()
})

it('X7: so does a body too large for what stands in front, with 413', async () => {
  const server = mirroring()
  const handler = toNodeHandler(server)
  const listener = createServer((request, response) => {
    if (Number(request.headers['content-length'] ?? 0) < 4000) handler(request, response)
    else request.resume().once('end', () => response.writeHead(413).end('Too large'))
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await server.close()
    await handler.close()
    listener.close()
  })
  const client = await connect(http(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/`), me)
  const failure = await client.callTool('look', { place: 'x'.repeat(8000) }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HttpFailure)
  expect(failure).toMatchObject({ status: 413, body: 'Too large' })
  // Without the tool's schema a client mirrors nothing; it learns it when the server refuses, and asks once more.
  expect((await client.callTool('look', { place: 'here' })).content).toEqual([{ type: 'text', text: '4' }])
  await client.close()
})
