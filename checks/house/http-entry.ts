export { connect } from '@parley/client'
export { http } from '@parley/transports/http/client'
