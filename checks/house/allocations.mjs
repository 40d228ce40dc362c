// What one call of a tool leaves behind for the garbage collector, in bytes, at both ends of a pair in memory. Run it with
// `node --expose-gc --min-semi-space-size=128 --max-semi-space-size=128 checks/house/allocations.mjs`, so that nothing is
// collected while it counts; it prints a line for each revision.
import { connect } from '@parley/client'
import { Server } from '@parley/server'
import { memory } from '@parley/transports/memory'

const warm = 20_000
const counted = 5_000

const bytesPerCall = async (version) => {
  const server = new Server({ name: 'house', version: '1.0.0' })
  server.tool('add', {}, () => 'added')
  const client = await connect(memory(server), { name: 'house', version: '1.0.0', versions: [version] })
  const call = async (times) => {
    for (let time = 0; time < times; time += 1) await client.callTool('add')
  }
  await call(warm)
  gc()
  const before = process.memoryUsage().heapUsed
  await call(counted)
  const after = process.memoryUsage().heapUsed
  await client.close()
  await server.close()
  return (after - before) / counted
}

for (const version of ['2025-11-25', '2026-07-28']) {
  console.log(`${version} ${(await bytesPerCall(version)).toFixed(0)}`)
}
