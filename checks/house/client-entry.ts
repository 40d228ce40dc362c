export { connect } from '@parley/client'
