import { november2024Client } from './2024-11-05/client.ts'
import { march2025Client } from './2025-03-26/client.ts'
import { june2025Client } from './2025-06-18/client.ts'
import { november2025Client } from './2025-11-25/client.ts'
import { modernClient } from './2026-07-28/client.ts'
import type { ClientRevision } from './revision.ts'

/** The asking halves of every revision, newest first. */
export const clientRevisions: readonly ClientRevision[] = [
  modernClient,
  november2025Client,
  june2025Client,
  march2025Client,
  november2024Client,
]
