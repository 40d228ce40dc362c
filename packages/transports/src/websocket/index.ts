export { webSocket } from './client.ts'
export type { WebSocketOptions } from './client.ts'
export type { WebSocketLimits } from './channel.ts'
export type { WebSocketConstructor, WebSocketEvent, WebSocketLike } from './platform.ts'
