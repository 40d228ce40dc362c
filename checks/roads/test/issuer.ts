import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An authorization server as far as a protected one looks at it: metadata, keys, and tokens that it has signed. */
export type Issuer = {
  readonly url: string
  /** Every request that came, with its headers. */
  readonly seen: readonly string[]
  token(claims: Record<string, unknown>): string
  close(): void
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Starts an issuer on loopback. */
export const startIssuer = async (): Promise<Issuer> => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256' }
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(JSON.stringify([request.method, request.url, request.rawHeaders]))
    const pages: Record<string, unknown> = {
      '/.well-known/oauth-authorization-server': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': { keys: [jwk] },
    }
    const page = pages[request.url ?? '']
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(page))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    seen,
    token: (claims) => {
      const exp = Math.floor(Date.now() / 1000) + 60
      const said = `${encoded({ alg: 'ES256', kid: 'one' })}.${encoded({ iss: url, exp, ...claims })}`
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
      return `${said}.${sign('sha256', Buffer.from(said), key).toString('base64url')}`
    },
    close: () => void server.close(),
  }
}
