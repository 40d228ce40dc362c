import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const fence = /^<!-- (\S+): run by checks\/runtimes -->\n\n^```\w+\n(.*?)^```$/gms

/** The page on runtimes, as it is read. */
export const text: string = readFileSync(fileURLToPath(new URL('../../docs/runtimes.md', import.meta.url)), 'utf8')

/** The programs and the commands of the page, under the names that stand above them. */
export const blocks: ReadonlyMap<string, string> = new Map(
  [...text.matchAll(fence)].map(([, name = '', code = '']) => [name, code]),
)

/** A program or a command of the page, with its port replaced, and its patience shortened. */
export const block = (name: string, port = 0): string => {
  const code = blocks.get(name)
  if (code === undefined) throw new Error(`docs/runtimes.md has no block ${name}`)
  return code.replaceAll('3000', String(port)).replace(/\b[15]_000\b/g, '300')
}

/** A command of the page: the name of its program, and its arguments. */
export const command = (name: string): { program: string; args: string[] } => {
  const [program = '', ...args] = block(name).trim().split(' ')
  return { program, args }
}
