import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'

const client = await connect(http('https://example.com/mcp'), { name: 'bundled', version: '1.0.0' })
console.log(await client.callTool('now'))
