import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'

const client = await connect(http('/page/mcp'), { name: 'x', version: '1', validate: 'never' })
console.log(client)
