// Kept by the module: it is loaded anew for each test file, and other workspaces that load it watch nothing.
const secrets = new Set<string>()
const told: string[] = []

/** Notes a credential that nobody may ever tell. */
export const keepSecret = (secret: string): void => {
  secrets.add(secret)
}

/** Notes what somebody has said: a line of a log, an error, an address. */
export const overhear = (text: string): void => {
  told.push(text)
}

/** The credentials that have been told, each with the words around it. */
export const leaks = (): string[] => {
  const all = told.join('\n')
  const found = [...secrets].map((secret) => [all.indexOf(secret), secret.length] as const)
  return found.flatMap(([at, length]) => (at < 0 ? [] : [all.slice(Math.max(0, at - 200), at + length + 200)]))
}

/** How many credentials there are, and how many words: where there are none, nothing is proved. */
export const heard = (): { secrets: number; words: number } => ({ secrets: secrets.size, words: told.length })
