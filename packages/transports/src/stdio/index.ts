export { inheritedByDefault, stdio } from './client.ts'
export type { StdioDial, StdioLink, StdioOptions } from './client.ts'
export { lineChannel, serveStdio } from './server.ts'
export type { LineChannelOptions, OutboxOptions, ServeStdioOptions, StdioServer } from './server.ts'
