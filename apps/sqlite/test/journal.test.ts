import { existsSync } from 'node:fs'
import { connect } from '@parley/client'
import { memory } from '@parley/transports/memory'
import { expect, it } from 'vitest'
import { Journal } from '../src/journal.ts'
import { createSqlite } from '../src/server.ts'
import { opened, textOf } from './sqlite.ts'

const book = opened('CREATE TABLE t (x); INSERT INTO t VALUES (1)')

// Whatever is written to this device fails, as on a full disk.
it.skipIf(!existsSync('/dev/full'))('nothing is answered that could not be written down', async () => {
  const journal = await Journal.open({ audit: '/dev/full' })
  const server = createSqlite({ ...book.explorer, journal })
  const client = await connect(memory(server), { name: 'test', version: '1' })
  for (const sql of ['SELECT x FROM t', 'SELECT nope']) {
    const { isError, content } = await client.callTool('query_data', { sql })
    expect([isError, textOf(content)]).toMatchObject([true, expect.stringContaining('written down') as string])
  }
  await client.close()
  await server.close()
  await journal[Symbol.asyncDispose]()
})

it('an audit file that cannot be had is an error before anything is served', async () => {
  await expect(Journal.open({ audit: '/nowhere/audit.jsonl' })).rejects.toThrow('ENOENT')
})
