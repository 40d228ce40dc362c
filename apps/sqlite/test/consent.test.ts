import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import type { ElicitResult } from '@parley/core'
import { http } from '@parley/transports/http/client'
import { stdio } from '@parley/transports/stdio/client'
import { beforeAll, describe, expect, it } from 'vitest'
import { binary } from '../../../scripts/toolbox.mjs'
import { writeDatabase } from '../src/engine/sample.ts'
import { main, start } from './process.ts'
import { folder, textOf, versions } from './sqlite.ts'

const found: string | Error = await binary('node24').catch((error: Error) => error)
if (found instanceof Error) console.error(`Changes by processes are not tested: ${found.message}`)
const node = String(found)

const { path } = folder()
const token = 'a-token-of-some-length'
const env = { PARLEY_SQLITE_TOKEN: token }

const total = async (client: Client): Promise<unknown> => {
  const { structured } = await client.callTool('query_data', { sql: 'SELECT sum(x) FROM t' })
  return (structured as { rows: unknown[][] }).rows[0]?.[0]
}

describe.skipIf(found instanceof Error).each(versions.slice(0, 2))('a change, in %s', (version) => {
  beforeAll(() => writeDatabase(path(`${version}.db`), 'CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1), (2)'))

  const visit = async (road: Parameters<typeof connect>[0], answer: ElicitResult): Promise<[string, unknown]> => {
    const asked: string[] = []
    const onElicit = ({ message }: { message: string }): ElicitResult => (asked.push(message), answer)
    const client = await connect(road, { name: 'test', version: '1', versions: [version], onElicit })
    const { content } = await client.callTool('execute_change', { sql: 'UPDATE t SET x = x * 10' })
    expect(asked).toEqual([expect.stringContaining('It would change 2 rows')])
    const now = await total(client)
    await client.close()
    return [textOf(content), now]
  }

  it('is made over stdio when the person says yes, and not when they say no', async () => {
    const road = () => stdio(node, [main, path(`${version}.db`), '--allow-write'], { stderr: 'ignore' })
    expect(await visit(road(), { action: 'decline' })).toEqual(['The person said no. Nothing was changed.', 3])
    const yes = { action: 'accept', content: { run: true } } as const
    expect(await visit(road(), yes)).toEqual(['Done: 2 rows changed.', 30])
  })

  it('is made over HTTP for whoever holds the token', async () => {
    const { url } = await start([path(`${version}.db`), '--allow-write'], { env, node })
    const road = http(url, { headers: { authorization: `Bearer ${token}` } })
    const yes = { action: 'accept', content: { run: true } } as const
    expect(await visit(road, yes)).toEqual(['Done: 2 rows changed.', 300])
  })
})
