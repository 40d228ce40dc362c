export { toNodeHandler } from './node-handler.ts'
export type { NodeHandler } from './node-handler.ts'
export { serveHttp } from './node-serve.ts'
export type { HttpServer, ServeHttpOptions } from './node-serve.ts'
