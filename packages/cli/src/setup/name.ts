import { basename, extname } from 'node:path'
import { usage } from '../failure.ts'

// Hosts hand names on to shells, among them those of batch files.
const plain = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u

/** Checks a name that the user gave. @throws Failure for one that a shell would read as more than a name */
export const checkedName = (name: string): string => {
  if (plain.test(name)) return name
  throw usage(
    `${JSON.stringify(name)} cannot be a name: use letters, digits, spaces, dots, dashes and underscores, 64 at the most.`,
  )
}

/** A name made of what a server calls itself, or of its file. */
export const derivedName = (from: string): string => {
  const cleaned = from
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 64)
  return cleaned === '' ? 'server' : cleaned
}

/** The name of a file without its folder and ending. */
export const stemOf = (path: string): string => derivedName(basename(path, extname(path)))
