import type { Principal } from '@parley/core'
import type { Server } from '@parley/server'
import type { Journal, JournalLine } from '../journal.ts'

/** Where the statements are to be read that anyone has run; whoever subscribes hears of each. */
export const statementsUri = 'log://statements'

const most = 500
const mostCharacters = 2_000_000

/** A statement of the list; the numbers only ever grow. */
export type Ran = JournalLine & { readonly number: number }

/** The last statements, the oldest of them forgotten first. */
const keeping = () => {
  const kept: Ran[] = []
  let number = 0
  let size = 0
  return {
    add: (line: JournalLine): void => {
      number += 1
      size += line.sql.length
      kept.push({ ...line, number })
      while (kept.length > most || (size > mostCharacters && kept.length > 1)) size -= kept.shift()?.sql.length ?? 0
    },
    after: (last: number): Ran[] => kept.filter((ran) => ran.number > last),
  }
}

/**
 * Adds the list of what was run by anyone who talks to this server, for those alone who may see it.
 *
 * Log lines would not do: a caller gets only those of its own calls, in either era. A resource that is subscribed to is
 * MCP's word for something that changes by other hands. Undo it by disposing of what comes back.
 */
export const addStatements = (
  server: Server,
  journal: Journal,
  visible: (principal: Principal | undefined) => boolean,
): Disposable => {
  const { add, after } = keeping()
  server.resource(
    statementsUri,
    { name: 'statements', description: 'The last statements that were run, by whomever, as JSON', visible },
    () => ({ statements: after(0) }),
  )
  server.resource(
    `${statementsUri}{?after}`,
    { name: 'later statements', description: 'Those after the one of a number', visible },
    ({ after: last }) => ({ statements: after(Number(last) || 0) }),
  )
  return journal.follow((line) => {
    add(line)
    server.resourceUpdated(statementsUri)
  })
}
