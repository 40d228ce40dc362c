import { connect } from '@parley/client'
import { stdio } from '@parley/transports/stdio/client'
import { programPath } from '../process.ts'
import { given, obey, textOf } from './loop.ts'

const dial = stdio(process.execPath, [programPath('servers/stdio-floor')])
const client = await connect(dial, { name: 'bench', version: '1.0.0', versions: [process.argv[2] ?? ''] })

obey(async (index) => textOf(await client.callTool('add', given(index))))
