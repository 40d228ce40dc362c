/** Names a request in the progress notifications about it; unique among its sender's active requests. */
export type ProgressToken = string | number

/** How far a request has come, without its token. */
export type Progress = {
  /** Grows with every notification. */
  progress: number
  /** What `progress` will be at the end, if known. */
  total?: number
  message?: string
}
