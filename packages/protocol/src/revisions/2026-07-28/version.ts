/** The revision of this folder. */
export const version = '2026-07-28'
