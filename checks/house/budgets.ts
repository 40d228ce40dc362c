/** How many lines a package may have, comments included, and by how much it may miss that before the check fails. */
export type Budget = { readonly lines: number; readonly tolerance: number }

/** Lines of hand-written source per package. */
export const budgets: Readonly<Record<string, Budget>> = {
  core: { lines: 1_500, tolerance: 0.2 },
  protocol: { lines: 2_500, tolerance: 0.2 },
  server: { lines: 1_500, tolerance: 0.2 },
  client: { lines: 1_100, tolerance: 0.2 },
  transports: { lines: 1_800, tolerance: 0.2 },
}

/** The most lines that a file may have. */
export const fileLimit = 300

/** Files that are longer, each with its reason. */
export const longFiles: Readonly<Record<string, string>> = {}

/** The most lines that a function may have. */
export const functionLimit = 50

/** Files with a longer function, each with its reason. */
export const longFunctions: Readonly<Record<string, string>> = {}
