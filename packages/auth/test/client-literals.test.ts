import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultFetch } from '../src/client/default-fetch.ts'
import { failureOf } from './world.ts'

const server = new URL('https://10.0.0.5:8443/mcp')

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('where a platform does not tell what a name stands for', () => {
  it.each([
    'https://169.254.169.254/latest/meta-data',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://10.0.0.6/token',
    'https://[fd00::1]/token',
    'https://[::ffff:10.0.0.1]/',
    'https://intranet/token',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://as.example./token',
  ])('T30: nobody is sent to %s by a stranger', async (url) => {
    const fetch = vi.fn()
    vi.stubGlobal('fetch', fetch)
    expect(await failureOf(defaultFetch(server)(new URL(url)))).toMatchObject({ check: 'address' })
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each<[string, boolean]>([
    ['https://as.example/token', false],
    ['https://10.0.0.5/.well-known/oauth-protected-resource', false],
    ['http://127.0.0.1:8000/token', true],
    ['http://localhost:8000/token', true],
  ])(
    '%s is gone to: a full name, the host that the user named, or this machine where that is it',
    async (url, loopback) => {
      vi.stubGlobal('fetch', async () => new Response('{}'))
      const response = await defaultFetch(server)(new URL(url), { loopback })
      expect(response.status).toBe(200)
    },
  )
})
