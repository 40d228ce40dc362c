import { isAbsolute, resolve } from 'node:path'
import { Cursors } from './cursor.ts'
import { createDemo } from './demo/demo.ts'
import type { Demo } from './demo/demo.ts'
import type { Database } from './engine/engine.ts'
import { Unreadable } from './engine/errors.ts'
import { openDatabase } from './engine/open.ts'
import { nearest } from './engine/sql/nearest.ts'
import type { Explorer } from './explorer.ts'
import { Journal } from './journal.ts'
import { commands } from './options.ts'
import type { Source, Wish } from './options.ts'
import { Results } from './results.ts'

/** What was opened for a server, until it is disposed of: after the server. */
export interface OpenExplorer extends AsyncDisposable {
  readonly explorer: Explorer
}

/** Opens all that a command line asks for. Rejects with what is wrong with a file; nothing is left open then. */
export const openExplorer = async (wish: Wish): Promise<OpenExplorer> => {
  const opened: AsyncDisposable[] = []
  // The last first: the sample's folder goes after the database in it is closed.
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).toReversed()) await each[Symbol.asyncDispose]()
  }
  try {
    const journal = await Journal.open({ audit: wish.audit, params: wish.logParams })
    opened.push(journal)
    const demo = wish.demo ? await createDemo() : undefined
    if (demo !== undefined) opened.push(demo)
    const databases: Database[] = []
    for (const source of sourcesOf(wish, demo)) {
      const database = await openSource(source, wish)
      opened.push(database)
      databases.push(database)
    }
    const [first, ...others] = databases
    if (first === undefined) throw new TypeError('There is no database to open')
    const { maxRows, dataResources } = wish
    const explorer: Explorer = {
      databases: [first, ...others],
      journal,
      results: new Results(),
      cursors: new Cursors(),
      maxRows,
      dataResources,
      pollInterval: 1000,
    }
    return { explorer, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

const sourcesOf = ({ sources }: Wish, demo: Demo | undefined): Source[] => {
  if (demo === undefined) return [...sources]
  return [...sources, { alias: sources.length === 0 ? 'main' : 'demo', path: demo.path }]
}

const openSource = async ({ alias, path }: Source, wish: Wish): Promise<Database> => {
  try {
    return await openDatabase(path, {
      alias,
      ...(wish.write !== 'nothing' && { allowWrite: true, allowDdl: wish.write === 'everything' }),
      ...(wish.backup !== undefined && { backup: wish.backup }),
      deny: wish.deny.filter((each) => each.alias === alias).map(({ column }) => column),
      maxRows: wish.maxRows,
      timeout: wish.timeout,
    })
  } catch (error) {
    // Here, and nowhere later, a person reads it who knows the path.
    if (error instanceof Unreadable && error.trouble === 'missing') throw new Error(notThere(path), { cause: error })
    throw error instanceof Error ? new Error(`${path}: ${error.message}`, { cause: error }) : error
  }
}

const notThere = (path: string): string => {
  const said = `There is no file ${resolve(path)}.`
  const [command] = path.includes('.') ? [] : nearest(path, commands)
  if (command !== undefined) return `${said} Did you mean the command ${command}?`
  if (isAbsolute(path)) return `${said} Check its name; none is ever made.`
  return `${said} Check its name, or give the whole path: ${path} is looked for where this was started, and hosts choose that.`
}
