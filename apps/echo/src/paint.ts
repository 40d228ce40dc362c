const coloured = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined

const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text

/** Makes text stand out, on a terminal only. */
export const bold: (text: string) => string = paint(1)
/** Makes text stand back, on a terminal only. */
export const dim: (text: string) => string = paint(2)
/** Marks what went well, on a terminal only. */
export const green: (text: string) => string = paint(32)
