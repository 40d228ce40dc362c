import { connect } from '@parley/client'
import { memory } from '@parley/transports/memory'
import { makeServer } from '../servers/parley.ts'
import { given, obey, textOf } from './loop.ts'

const versions = [process.argv[2] ?? '']
const client = await connect(memory(makeServer()), { name: 'bench', version: '1.0.0', versions })

obey(async (index) => textOf(await client.callTool('add', given(index))))
