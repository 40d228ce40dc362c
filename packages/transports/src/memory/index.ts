export { memory } from './dial.ts'
export { pair } from './pair.ts'
export type { PairOptions } from './pair.ts'
