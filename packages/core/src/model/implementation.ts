import type { Icon } from './content.ts'

/** The name and version of a client or server, by its own word: for display and logs, never for decisions. */
export type Implementation = {
  name: string
  version: string
  title?: string | undefined
  description?: string | undefined
  websiteUrl?: string
  icons?: Icon[]
}
