export { auth } from '@modelcontextprotocol/client'
