/** What holds of a revision before anything is read in it. */
export type RevisionFacts = {
  readonly version: string
  /** Modern requests stand alone; legacy ones belong to a session that `initialize` opens. */
  readonly era: 'legacy' | 'modern'
  /** Whether a JSON array of messages may arrive. */
  readonly batches: boolean
}

/** Every published revision, newest first. */
export const revisions: readonly RevisionFacts[] = [
  { version: '2026-07-28', era: 'modern', batches: false },
  { version: '2025-11-25', era: 'legacy', batches: false },
  { version: '2025-06-18', era: 'legacy', batches: false },
  { version: '2025-03-26', era: 'legacy', batches: true },
  { version: '2024-11-05', era: 'legacy', batches: false },
]

/** Whether a session in this revision takes batches (B4, B5). */
export const takesBatches = (version: string | undefined): boolean =>
  revisions.some((revision) => revision.version === version && revision.batches)
