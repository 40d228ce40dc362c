// What one call of a tool leaves among what the garbage collector takes for old, in bytes, at both ends of a road: it should
// be nothing, for nothing of a call outlives it. Run it with `node --expose-gc --min-semi-space-size=4
// --max-semi-space-size=4 --initial-old-space-size=1024 checks/house/promotions.mjs`, so that young garbage is collected
// often, and old garbage not at all; it prints a line for each road and revision.
import { connect } from '@parley/client'
import { Server } from '@parley/server'
import { http } from '@parley/transports/http/client'
import { serveHttp } from '@parley/transports/http/node'
import { memory } from '@parley/transports/memory'
import { getHeapSpaceStatistics } from 'node:v8'

const inFlight = 8
const warm = 1000
const counted = 1000

const roads = {
  memory: async (server) => ({ target: memory(server), close: () => undefined }),
  http: async (server) => {
    const listening = await serveHttp(server, { port: 0, events: false })
    return { target: http(listening.url), close: () => listening[Symbol.asyncDispose]() }
  },
}

const old = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size

const bytesPerCall = async (road, version) => {
  const server = new Server({ name: 'house', version: '1.0.0' })
  // Answered in a later turn, so that many are under way at once.
  server.tool('add', {}, () => new Promise((resolve) => setImmediate(resolve, 'added')))
  const { target, close } = await roads[road](server)
  const client = await connect(target, { name: 'house', version: '1.0.0', versions: [version] })
  const call = () => Promise.all(Array.from({ length: inFlight }, () => client.callTool('add')))
  for (let round = 0; round < warm; round += 1) await call()
  // Whatever is there in mid-call becomes old, as it does in a process that has been up for a while.
  const running = call()
  gc()
  gc()
  await running
  const before = old()
  for (let round = 0; round < counted; round += 1) await call()
  const after = old()
  await client.close()
  await close()
  await server.close()
  return (after - before) / counted / inFlight
}

for (const road of Object.keys(roads)) {
  for (const version of ['2025-11-25', '2026-07-28']) {
    console.log(`${road} ${version} ${(await bytesPerCall(road, version)).toFixed(0)}`)
  }
}
