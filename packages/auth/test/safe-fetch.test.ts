import { safeFetch } from '@parley/auth/node'
import type { SafeFetchOptions } from '@parley/auth/node'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

/** What the names of this test stand for. */
const names = new Map([
  ['private.example.com', ['10.0.0.1']],
  ['mixed.example.com', ['93.184.215.14', '127.0.0.1']],
  ['mapped.example.com', ['::ffff:127.0.0.1']],
  ['translated.example.com', ['64:ff9b::7f00:1']],
  ['nowhere.example.com', []],
  ['zoned.example.com', ['fe80::1%eth0']],
  ['garbled.example.com', ['not an address']],
])

const literals = [
  // IPv4, in every spelling that a URL takes for one
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0x0.0x0.0x1',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.1.',
  '127.255.255.254',
  '0',
  '0.0.0.0',
  '0x0',
  '00000000',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '167772161',
  '0xa000001',
  '012.0.0.1',
  '100.64.0.1',
  '100.127.255.254',
  '169.254.169.254',
  '169.254.43518',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '0xa9.254.0251.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.31.196.1',
  '192.52.193.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.1',
  '3232235777',
  '192.175.48.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '4294967295',
  '1２7.0.0.1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '%7f.1',
  // IPv6
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[::ffff:93.184.215.14]',
  '[::127.0.0.1]',
  '[::a9fe:a9fe]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b::5db8:d70e]',
  '[64:ff9b:1::1]',
  '[64:ff9b:1:ffff::a9fe:a9fe]',
  '[100::1]',
  '[100:0:0:1::1]',
  '[2001::1]',
  '[2001:0:7f00:1::]',
  '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  '[2001:2::1]',
  '[2001:10::1]',
  '[2001:20::1]',
  '[2001:1::1]',
  '[2001:db8::1]',
  '[2001:0db8:0000::0001]',
  '[2002:7f00:1::]',
  '[2002:7f00:0001::1]',
  '[2002:a9fe:a9fe::]',
  '[2002:5db8:d70e::1]',
  '[2620:4f:8000::1]',
  '[3fff::1]',
  '[3fff:fff::1]',
  '[4000::1]',
  '[5f00::1]',
  '[e000::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fdff:ffff::1]',
  '[fe80::1]',
  '[fe80::a9fe:a9fe]',
  '[fec0::1]',
  '[ff02::1]',
  '[ff0e::1]',
  '[2606:4700::5efe:7f00:1]',
  '[2606:4700::5efe:127.0.0.1]',
  '[2606:4700::200:5efe:a9fe:a9fe]',
  '[2606:4700:0:0:0200:5EFE:10.0.0.1]',
  // names
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'ｌｏｃａｌｈｏｓｔ',
  'app.localhost',
  'metadata',
  'router',
  'accounts.example.com.',
  ...names.keys(),
]

const urls = [
  ...literals.map((host) => `https://${host}/jwks`),
  'http://accounts.example.com/jwks',
  'http://127.0.0.1/jwks',
  'http://localhost:8080/',
  'ftp://accounts.example.com/',
  'file:///etc/passwd',
  'file://localhost/etc/passwd',
  'data:application/json,{}',
  'blob:https://accounts.example.com/1',
  'javascript:alert(1)',
  'ws://accounts.example.com/',
  'wss://accounts.example.com/',
  'gopher://accounts.example.com:70/',
  'unix:/var/run/docker.sock',
  'about:blank',
  'https://accounts.example.com@127.0.0.1/',
  'https://127.0.0.1@accounts.example.com/',
  'https://ada:secret@accounts.example.com/',
  'https://ada@private.example.com/',
  'https://accounts.example.com%40@127.0.0.1/',
  'https:\\\\127.0.0.1\\jwks',
  'https:127.0.0.1',
  'https:///127.0.0.1/',
  'https://127.0.0.1\\@accounts.example.com/',
  'https://127.0.0.1#@accounts.example.com/',
  'https://127.0.0.1?@accounts.example.com/',
  '  https://127.0.0.1/',
  'https://127.0.\t0.1/',
  'https://127.0.0.1:443/',
  'https://127.0.0.1:65535/',
  'https://[::1]:443/',
  'https://accounts.example.com:22/',
  'https://accounts.example.com:25/',
  'https://accounts.example.com:80/',
  'https://accounts.example.com:0/',
]

/** A fetch that knows the test's names; any other is one of the open Internet. */
const fetching = (options: SafeFetchOptions = {}) => {
  const resolve = vi.fn(async (name: string): Promise<readonly string[]> => names.get(name) ?? ['93.184.215.14'])
  return { resolve, fetch: safeFetch({ resolve, ...options }) }
}

/** A server of this machine, and its URL. */
const serve = async (listener: RequestListener): Promise<URL> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return new URL(`http://localhost:${(server.address() as AddressInfo).port}/document`)
}
const local = { loopback: true }

describe('an address that leads into a network of ours (T30, SEC-SSRF-1)', () => {
  it('is one of more than 120', () => {
    expect(new Set(urls).size).toBe(urls.length)
    expect(urls.length).toBeGreaterThan(150)
  })

  it.each(urls)('is not gone to: %s', async (text) => {
    const { fetch } = fetching()
    const asking = async (): Promise<Response> => fetch(new URL(text))
    // What is no URL at all is refused by the platform.
    const refusal = URL.canParse(text) ? { name: 'AuthError', check: 'address' } : { name: 'TypeError' }
    await expect(asking()).rejects.toMatchObject(refusal)
  })

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '93.184.215.14',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
  ])('is not gone to either where this machine may be: %s', async (host) => {
    await expect(fetching().fetch(new URL(`http://${host}/`), local)).rejects.toMatchObject({ check: 'address' })
  })

  it('is not gone to under the name of this machine, whatever that has been made to mean', async () => {
    for (const addresses of [['10.0.0.1'], ['127.0.0.1', '10.0.0.1'], ['93.184.215.14'], ['::ffff:127.0.0.1'], []]) {
      const { fetch } = fetching({ resolve: async () => addresses })
      await expect(fetch(new URL('http://localhost:9/'), local)).rejects.toMatchObject({ check: 'address' })
    }
  })

  it('is told to the operator with what it is', async () => {
    await expect(fetching().fetch(new URL('https://mixed.example.com/'))).rejects.toThrow(
      /^https:\/\/mixed\.example\.com is not an address to go to; .+ \(expected a global unicast address, got 127\.0\.0\.1\)$/,
    )
  })
})

describe('a safe fetch', () => {
  it('goes to the address that was checked, with the name that was meant', async () => {
    const seen: (string | undefined)[] = []
    const url = await serve((request, response) => {
      seen.push(request.headers.host, request.headers['accept-encoding'], request.headers.connection)
      response.setHeader('content-type', 'application/json').end('{"issuer":"x"}')
    })
    const answers = [['127.0.0.1'], ['10.0.0.1']]
    // A name server that changes its mind between the check and the connection is asked but once.
    const { fetch } = fetching({ resolve: async () => answers.shift() ?? [] })
    const response = await fetch(url, { ...local, headers: { accept: 'application/json' } })
    expect(await response.json()).toEqual({ issuer: 'x' })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(seen).toEqual([url.host, 'identity', 'close'])
    expect(answers).toHaveLength(1)
    await expect(fetch(url, local)).rejects.toMatchObject({ check: 'address', actual: '10.0.0.1' })
  })

  it('goes where it is told, whatever the URL is changed to in the meantime', async () => {
    const url = await serve((_, response) => void response.end('{}'))
    const { fetch } = fetching({ resolve: async () => ['127.0.0.1'] })
    const asking = fetch(url, local)
    url.hostname = 'private.example.com'
    expect((await asking).status).toBe(200)
  })

  it('posts a form', async () => {
    const url = await serve((request, response) => {
      const { method, headers } = request
      const answer = (parts: Uint8Array[]): unknown =>
        response.end(`${method} ${headers['content-type']} ${Buffer.concat(parts).toString()}`)
      void request.toArray().then(answer)
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await safeFetch()(url, { ...local, method: 'POST', headers, body: 'a=b' })
    expect(await response.text()).toBe('POST application/x-www-form-urlencoded a=b')
  })

  it('follows no redirect', async () => {
    let asked = 0
    const url = await serve((_, response) => {
      asked += 1
      response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end()
    })
    const response = await safeFetch()(url, local)
    expect([response.status, response.headers.get('location'), asked]).toEqual([302, 'http://127.0.0.1:1/secret', 1])
  })

  it.each([204, 304, 404, 500])('settles with an answer of %i', async (status) => {
    const url = await serve((_, response) => void response.writeHead(status).end())
    expect((await safeFetch()(url, local)).status).toBe(status)
  })

  it.each<[string, RequestListener]>([
    ['says so', (_, response) => void response.setHeader('content-length', '1001').end('x'.repeat(1001))],
    [
      'never ends',
      (_, response) => {
        const more = (): void => {
          while (response.write('x'.repeat(500))) if (response.destroyed) return
          response.once('drain', more)
        }
        more()
      },
    ],
  ])('reads no further than it may in an answer that %s', async (_, listener) => {
    const url = await serve(listener)
    await expect(safeFetch({ maxBytes: 1000 })(url, local)).rejects.toThrow(
      `${url.origin} answered too much (expected at most 1000 bytes, got more)`,
    )
  })

  it('reads as far as it may', async () => {
    const url = await serve((_, response) => void response.end('x'.repeat(1000)))
    expect(await (await safeFetch({ maxBytes: 1000 })(url, local)).text()).toHaveLength(1000)
  })

  it('decompresses nothing', async () => {
    const url = await serve((_, response) => void response.setHeader('content-encoding', 'gzip').end('x'))
    await expect(safeFetch()(url, local)).rejects.toMatchObject({ check: 'document', actual: 'gzip' })
  })

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['never ends its answer', (_, response) => void response.write('{')],
    [
      'always has something more to say',
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 5)
        response.once('close', () => clearInterval(timer))
      },
    ],
  ])('waits no longer than it may for one that %s', async (_, listener) => {
    const url = await serve(listener)
    await expect(safeFetch({ timeout: 50 })(url, local)).rejects.toThrow(`${url.origin} did not answer within 50 ms`)
  })

  it('waits no longer for a name server', async () => {
    const { fetch } = fetching({ timeout: 20, resolve: () => new Promise(() => undefined) })
    await expect(fetch(new URL('https://accounts.example.com/'))).rejects.toThrow('did not answer within 20 ms')
  })

  it('ends when it is told to, with the reason', async () => {
    const reason = new Error('enough')
    const stop = new AbortController()
    const url = await serve(() => stop.abort(reason))
    await expect(safeFetch()(url, { ...local, signal: stop.signal })).rejects.toBe(reason)
    await expect(safeFetch()(url, { ...local, signal: stop.signal })).rejects.toBe(reason)
  })

  it('says what could not be reached', async () => {
    const url = await serve((request) => void request.socket.destroy())
    await expect(safeFetch()(url, local)).rejects.toMatchObject({
      check: 'document',
      message: `${url.origin} could not be reached`,
    })
    const { fetch } = fetching({ resolve: () => Promise.reject(new Error('ENOTFOUND')) })
    await expect(fetch(new URL('https://accounts.example.com/'))).rejects.toThrow('could not be reached')
  })
})

const hasOpenssl = (): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A certificate for a name that signs itself, and its key. */
const certificate = (name: string): { key: Buffer; cert: Buffer } => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-safe-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  try {
    execFileSync('openssl', ['req', '-x509', ...made, '-subj', `/CN=${name}`, '-days', '1'], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it.skipIf(!hasOpenssl())('a safe fetch asks the address that was checked for the certificate of the name', async () => {
  const asked: string[] = []
  const own = certificate('issuer.localhost')
  const server = createSecureServer({
    ...own,
    SNICallback: (name, done) => {
      asked.push(name)
      done(null, createSecureContext(own))
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = new URL(`https://issuer.localhost:${(server.address() as AddressInfo).port}/`)
  const { fetch } = fetching({ resolve: async () => ['127.0.0.1'] })
  // Nobody has signed this certificate but itself.
  await expect(fetch(url, local)).rejects.toMatchObject({
    message: `${url.origin} could not be reached`,
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  })
  expect(asked).toEqual(['issuer.localhost'])
})
