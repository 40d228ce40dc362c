import type { Measure } from './measure.ts'
import { coldStart } from './measures/cold-start.ts'
import { httpCalls } from './measures/http-calls.ts'
import { imports } from './measures/imports.ts'
import { lists } from './measures/lists.ts'
import { httpClients, inMemory, stdioClients, webEntry } from './measures/loops.ts'
import { payloads } from './measures/payloads.ts'
import { progress } from './measures/progress.ts'
import { sessions } from './measures/sessions.ts'
import { sizes } from './measures/sizes.ts'
import { stdioCalls } from './measures/stdio-calls.ts'
import { types } from './measures/types.ts'

/** Everything that can be measured, in the order of the tables. */
export const measures: readonly Measure[] = [
  stdioCalls,
  httpCalls,
  webEntry,
  stdioClients,
  httpClients,
  inMemory,
  coldStart,
  imports,
  lists,
  payloads,
  progress,
  sessions,
  sizes,
  types,
]
