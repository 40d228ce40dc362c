export { oauth } from '@parley/auth/client'
