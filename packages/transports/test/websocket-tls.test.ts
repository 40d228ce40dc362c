import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { webSocket as platformWebSocket } from '@parley/transports/websocket'
import { webSocket, webSocketHandler } from '@parley/transports/websocket/node'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { responder } from './peers.ts'

const hasOpenssl = (): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A certificate for this machine that signs itself, and its key. */
const certificate = (): { key: Buffer; cert: Buffer } => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  const named = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '1']
  try {
    execFileSync('openssl', ['req', '-x509', ...made, ...named], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it.skipIf(!hasOpenssl())('serves over wss:, and is reached only by who trusts the certificate', async () => {
  const { key, cert } = certificate()
  const large = 'x'.repeat(1_000_000)
  const handler = webSocketHandler(
    responder(({ request }) => ({ method: request.method, large })),
    { path: '/mcp' },
  )
  const https = createServer({ key, cert }).on('upgrade', handler)
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))
  const url = `wss://localhost:${(https.address() as AddressInfo).port}/mcp`
  try {
    const Trusting = class extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { ca: cert })
      }
    }
    const link = await platformWebSocket(url, { WebSocket: Trusting })(responder())
    expect(await link.request('a', {})).toEqual({ method: 'a', large })
    await link[Symbol.asyncDispose]()
    await expect(webSocket(url)(responder())).rejects.toMatchObject({
      name: 'ConnectionClosed',
      message: expect.stringMatching(/self.signed/),
    })
  } finally {
    await handler.close()
    https.close()
    https.closeAllConnections()
  }
})
