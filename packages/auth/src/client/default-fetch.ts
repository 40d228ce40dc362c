import { checkedFetch } from './checked-fetch.ts'
import type { SafeFetch } from './metadata-fetch.ts'

/** Makes what metadata is fetched with where nothing else is given: here, one that checks what this platform lets it check. */
export const defaultFetch = (): SafeFetch => checkedFetch()
