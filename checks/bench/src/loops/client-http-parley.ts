import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { given, obey, textOf } from './loop.ts'

const [version = '', port] = process.argv.slice(2)
const target = http(`http://127.0.0.1:${port}/mcp`)
const client = await connect(target, { name: 'bench', version: '1.0.0', versions: [version] })

obey(async (index) => textOf(await client.callTool('add', given(index))))
