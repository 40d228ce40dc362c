import { Client } from '@modelcontextprotocol/client'
import type { Transport } from '@modelcontextprotocol/client'
import { modern } from '../messages.ts'
import { given, obey, textOf } from './loop.ts'

/** Connects the official client 2.x in one revision, and makes calls with it. */
export const obeyWith = async (transport: Transport, version: string | undefined): Promise<void> => {
  const mode = version === modern ? { pin: modern } : 'legacy'
  const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(transport)
  obey(async (index) => textOf(await client.callTool({ name: 'add', arguments: given(index) })))
}
