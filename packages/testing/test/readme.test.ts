import { Peer } from '@parley/protocol'
import { pair } from '@parley/transports/memory'
import { describeTransport } from '../src/index.ts'

// The README's own road, so that what it shows is known to pass.
describeTransport('a road made of a channel', async (server, client) => {
  const [near, far] = pair()
  const serving = new Peer(far, server, { origin: { road: 'mine' } })
  return {
    link: new Peer(near, client, { origin: { road: 'mine' } }),
    close: () => serving[Symbol.asyncDispose](),
  }
})
