import { once } from 'node:events'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { describe, expect, it } from 'vitest'
import { run, start } from './process.ts'
import { textOf, versions } from './sqlite.ts'

const me = { name: 'test', version: '1' }
const token = 'a-token-of-some-length'

describe('parley-sqlite --http', () => {
  // The oldest revision has no road at this URL.
  it.each(versions.slice(0, 2))('answers in %s, and ends in order', async (version) => {
    const { child, url, said } = await start(['--demo'])
    expect(said()).toMatch(
      new RegExp(`^parley-sqlite is served at ${url}\nA person can look along at http://\\S+#token=`),
    )
    expect(new URL(url).hostname).toBe('127.0.0.1')
    const client = await connect(http(url), { ...me, versions: [version] })
    const { content } = await client.callTool('query_data', { sql: 'SELECT count(*) FROM books' })
    expect(textOf(content)).toContain('| 15 |')
    const over = once(child, 'close')
    await client.close()
    child.kill('SIGTERM')
    expect(await over).toEqual([0, null])
  })

  it('takes nobody without the token, where there is one', async () => {
    const { url, said } = await start(['--demo'], { env: { PARLEY_SQLITE_TOKEN: token } })
    // The address of the page would be a way in that stands in a log.
    expect(said()).toBe(`parley-sqlite is served at ${url}\n`)
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
    const post = async (authorization?: string): Promise<[number, string | null]> => {
      const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
      const given = authorization === undefined ? headers : { ...headers, authorization }
      const answer = await fetch(url, { method: 'POST', headers: given, body })
      await answer.text()
      return [answer.status, answer.headers.get('www-authenticate')]
    }
    expect(await post()).toEqual([401, 'Bearer'])
    expect(await post(`Bearer ${token}x`)).toEqual([401, 'Bearer error="invalid_token"'])
    expect(await post(`Basic ${token}`)).toEqual([401, 'Bearer'])
    const client = await connect(http(url, { headers: { authorization: `Bearer ${token}` } }), me)
    expect((await client.callTool('list_tables')).isError).toBe(false)
    const { content } = await client.callTool('export_query', { sql: 'SELECT 1 AS x' })
    const uri = content.find((block) => block.type === 'resource_link')?.uri ?? ''
    expect((await client.readResource(uri)).text()).toBe('x\r\n1\r\n')
    await client.close()
  })

  it.each([
    [['--demo', '--http', '0', '--host', '0.0.0.0', '--allow', 'x'], 'put a token into PARLEY_SQLITE_TOKEN'],
    [['--demo', '--http', '0', '--allow-write'], '--allow-write over HTTP needs a token'],
    [['--demo', '--http', 'x'], '--http takes a number from 0 to 65535, not "x"'],
  ])('refuses %j', (args, why) => {
    const { status, stdout, stderr } = run(args, { env: { PARLEY_SQLITE_TOKEN: '' } })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(why)
  })
})
