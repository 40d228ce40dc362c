import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { makeServer } from '../servers/v1.ts'
import { obeyWith } from './official-v1.ts'

const [near, far] = InMemoryTransport.createLinkedPair()
await makeServer().connect(far)
await obeyWith(near)
