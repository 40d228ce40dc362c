// no-color.org: the variable counts when it is there and not empty.
const { NO_COLOR = '', TERM } = process.env
const coloured = process.stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb'

const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text

/** Makes text stand out, on a terminal only. */
export const bold: (text: string) => string = paint(1)
/** Makes text stand back, on a terminal only. */
export const dim: (text: string) => string = paint(2)
/** Marks what went wrong, on a terminal only. */
export const red: (text: string) => string = paint(31)
