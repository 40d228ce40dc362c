import { createServer } from 'node:http'
import type { Server as Listener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { connect } from '@parley/client'
import { createEcho } from '@parley/echo/src/server.ts'
import type { Server } from '@parley/server'
import { http } from '@parley/transports/http/client'
import { toNodeHandler } from '@parley/transports/http/node'
import { httpHandler } from '@parley/transports/http/server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

/** Something that serves two echo servers, under the paths that it gives. */
type Host = { readonly urls: readonly string[]; close(): Promise<void> }

type Mounted = { readonly close: () => Promise<void> }

const paths = ['/api/one/mcp', '/api/two/mcp'] as const

/** Listens on a port of its own, and ends in order: servers, what serves them, and the port. */
const listen = async (listener: Listener, servers: readonly Server[], mounted: readonly Mounted[]): Promise<Host> => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  return {
    urls: paths.map((path) => `http://127.0.0.1:${port}${path}`),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()))
      await Promise.all(mounted.map((handler) => handler.close()))
      const closed = new Promise((resolve) => listener.close(resolve))
      listener.closeIdleConnections()
      await closed
    },
  }
}

const onNode = (servers: readonly [Server, Server]): Promise<Host> => {
  const [one, two] = [toNodeHandler(servers[0]), toNodeHandler(servers[1])]
  const listener = createServer((request, response) => {
    if (request.url === paths[0]) one(request, response)
    else if (request.url === paths[1]) two(request, response)
    else response.writeHead(404).end()
  })
  return listen(listener, servers, [one, two])
}

const onHono = (servers: readonly [Server, Server]): Promise<Host> => {
  const [one, two] = [httpHandler(servers[0]), httpHandler(servers[1])]
  const app = new Hono().basePath('/api')
  app.all('/one/mcp', (c) => one(c.req.raw))
  app.all('/two/mcp', (c) => two(c.req.raw))
  // The adapter's type allows for HTTP/2, which it was not asked for.
  return listen(createAdaptorServer(app) as Listener, servers, [one, two])
}

const onExpress = (servers: readonly [Server, Server]): Promise<Host> => {
  const [one, two] = [toNodeHandler(servers[0]), toNodeHandler(servers[1])]
  const app = express()
  const api = express.Router()
  api.all('/one/mcp', one)
  api.all('/two/mcp', two)
  app.use('/api', api)
  // Body parsers come after: they would read what a handler is to read.
  app.use(express.json())
  return listen(createServer(app), servers, [one, two])
}

const onFastify = async (servers: readonly [Server, Server]): Promise<Host> => {
  const [one, two] = [toNodeHandler(servers[0]), toNodeHandler(servers[1])]
  const app = fastify()
  await app.register(
    (api, _, done) => {
      // In this scope alone the body stays where it is, for the handler to read.
      api.removeAllContentTypeParsers()
      api.addContentTypeParser('*', (_request, _payload, next) => next(null))
      api.all('/one/mcp', (request, reply) => {
        reply.hijack()
        one(request.raw, reply.raw)
      })
      api.all('/two/mcp', (request, reply) => {
        reply.hijack()
        two(request.raw, reply.raw)
      })
      done()
    },
    { prefix: '/api' },
  )
  await app.ready()
  return listen(app.server, servers, [one, two])
}

const me = { name: 'traveller', version: '1.0.0' }

describe.each([
  ['node:http', onNode],
  ['Hono', onHono],
  ['Express', onExpress],
  ['Fastify', onFastify],
])('two echo servers in one process, under %s', (_, open) => {
  it.each(['2026-07-28', '2025-11-25', '2025-06-18'])('list, answer, report, ask and tell, in %s', async (version) => {
    // A client that stops listening is nothing that a framework should have to report.
    const report = vi.spyOn(console, 'error')
    onTestFinished(() => report.mockRestore())
    const host = await open([createEcho(), createEcho()])
    try {
      const clients = await Promise.all(
        host.urls.map((url, at) => {
          const onElicit = () => ({ action: 'accept' as const, content: { message: `I am ${at}` } })
          return connect(http(url), { ...me, versions: [version], onElicit })
        }),
      )
      for (const [at, client] of clients.entries()) {
        expect(client.version).toBe(version)
        expect((await client.listTools()).map(({ name }) => name)).toContain('echo_many')
        const changes = await client.listen({ resourceSubscriptions: ['echo:recent'] })
        const { content } = await client.callTool('echo_tool', { message: `to ${at}: 👋` })
        expect(content).toEqual([{ type: 'text', text: `Tool echo: to ${at}: 👋` }])
        for await (const change of changes) {
          expect(change).toMatchObject({ uri: 'echo:recent' })
          break
        }
        const heard: (string | undefined)[] = []
        const onProgress = ({ message }: { message?: string | undefined }) => void heard.push(message)
        await client.callTool('echo_many', { message: 'hi', times: 3 }, { onProgress })
        expect(heard).toEqual(['1 of 3', '2 of 3', '3 of 3'])
        const asked = await client.callTool('echo_ask')
        expect(asked.content).toEqual([{ type: 'text', text: `You said: I am ${at}` }])
        // What one server heard is no business of the other.
        const recent = JSON.parse((await client.readResource('echo:recent')).text()) as string[]
        expect(recent).toEqual([`I am ${at}`, `to ${at}: 👋`])
      }
      await Promise.all(clients.map((client) => client.close()))
    } finally {
      await host.close()
    }
    expect(report).not.toHaveBeenCalled()
  })

  it('leave every other path to whoever serves it', async () => {
    const host = await open([createEcho(), createEcho()])
    const [url = ''] = host.urls
    const elsewhere = await fetch(new URL('/api/three/mcp', url))
    await elsewhere.text()
    expect(elsewhere.status).toBe(404)
    await host.close()
  })
})
