// Run by a Node that reads TypeScript: opens a database, starts a statement that never ends, and waits to be killed.
import { openDatabase } from '../../apps/sqlite/src/engine/open.ts'

const [, , path = '', sql = ''] = process.argv
const database = await openDatabase(path, { driver: 'native', timeout: 60_000 })
await database.query('SELECT 1')
console.log('ready')
await database.query(sql)
