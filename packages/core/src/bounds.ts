export { checkBounds } from './schema-bounds.ts'
export type { SchemaBounds } from './schema-bounds.ts'
