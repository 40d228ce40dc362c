export { inspect } from './inspect.ts'
export type { Inspector, InspectorOptions } from './inspect.ts'
export type { InspectorEra } from './page/api.ts'
