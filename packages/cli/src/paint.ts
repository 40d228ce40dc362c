import { styleText } from 'node:util'

/** Where text goes; colours are left out where it is no terminal, and where NO_COLOR is set. */
export type Sheet = NodeJS.WriteStream

type Format = Parameters<typeof styleText>[0]

const painter =
  (format: Format) =>
  (text: string, stream: Sheet = process.stdout): string =>
    styleText(format, text, { stream })

/** Makes text stand out. */
export const bold: (text: string, stream?: Sheet) => string = painter('bold')
/** Makes text stand back. */
export const dim: (text: string, stream?: Sheet) => string = painter('dim')
/** Marks what went well. */
export const green: (text: string, stream?: Sheet) => string = painter('green')
/** Marks what may go wrong. */
export const yellow: (text: string, stream?: Sheet) => string = painter('yellow')
/** Marks what went wrong. */
export const red: (text: string, stream?: Sheet) => string = painter('red')
/** Marks names. */
export const cyan: (text: string, stream?: Sheet) => string = painter('cyan')
