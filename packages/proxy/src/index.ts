/// <reference lib="esnext.disposable" preserve="true" />
export type { ProxyOptions, ProxyTarget } from './options.ts'
export { proxy } from './proxy.ts'
export type { ProxyServer } from './proxy.ts'
