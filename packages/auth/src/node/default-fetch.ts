import type { SafeFetch } from '../client/metadata-fetch.ts'
import { safeFetch } from './safe-fetch.ts'

/** Makes what metadata is fetched with where nothing else is given: on Node, one that knows which address it goes to. */
export const defaultFetch = (): SafeFetch => safeFetch()
