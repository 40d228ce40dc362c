import { connect } from '@parley/client'
import { Server } from '@parley/server'
import { memory } from '@parley/transports/memory'

export { connect, memory, Server }
