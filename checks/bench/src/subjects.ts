import { HttpDriver } from './http-driver.ts'
import type { HttpLoad, HttpMode } from './http-driver.ts'
import type { Subject } from './measure.ts'
import { legacy, modern } from './messages.ts'
import type { Version } from './messages.ts'
import type { Contender } from './rounds.ts'
import { StdioDriver } from './stdio-driver.ts'
import type { StdioLoad } from './stdio-driver.ts'

/** Every subject, in the order of the tables, by the name that its programs end in. */
export const programs: ReadonlyMap<string, Subject> = new Map([
  ['floor', 'floor'],
  ['parley', 'parley'],
  ['v2', 'official v2'],
  ['v1', 'official v1'],
  ['tmcp', 'tmcp'],
])

/** Who speaks a revision; the official v1 line ends with the legacy era. */
export const speakersOf = (version: Version): [program: string, subject: Subject][] =>
  [...programs].filter(([program]) => version === legacy || program !== 'v1')

/** The servers over stdio that speak a revision. */
export const stdioContenders = (node: string, version: Version): Contender<StdioLoad>[] =>
  speakersOf(version).map(([program, subject]) => ({
    subject,
    open: () => StdioDriver.open(node, `servers/stdio-${program}`, [], version),
  }))

/** The servers over HTTP that speak in a mode. tmcp keeps sessions or has none by what it is sent, and always streams. */
export const httpContenders = (node: string, mode: HttpMode, form: 'json' | 'sse'): Contender<HttpLoad>[] =>
  speakersOf(mode === 'modern' ? modern : legacy).map(([program, subject]) => ({
    subject,
    open: () => HttpDriver.open(node, `servers/http-${program}`, mode, form),
  }))
