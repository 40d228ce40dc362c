import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { given, obey, textOf } from './loop.ts'

/** Connects the official client 1.x, and makes calls with it. */
export const obeyWith = async (transport: Transport): Promise<void> => {
  const client = new Client({ name: 'bench', version: '1.0.0' })
  await client.connect(transport)
  obey(async (index) => textOf(await client.callTool({ name: 'add', arguments: given(index) })))
}
