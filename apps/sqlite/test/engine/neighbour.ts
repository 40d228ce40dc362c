import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { places } from './drivers.ts'

/** The Node that other programs run on; undefined where none is here that has SQLite. */
export const execPath: string | undefined = places.find(({ title, isHere }) => isHere && title.includes('24'))?.options
  .execPath

/** Another program that has the same database open and may write. */
export type Neighbour = {
  /** Runs a script; with `loop`, runs that again and again from then on. */
  readonly run: (sql: string, loop?: string) => Promise<void>
  /** Closes the database as it should be closed. */
  readonly close: () => Promise<void>
  /** Ends it in the middle of whatever it does. */
  readonly kill: () => Promise<void>
}

/** Starts another program on a database; it is gone when the test is over. */
export const neighbour = async (path: string): Promise<Neighbour> => {
  const child = fork(join(import.meta.dirname, 'neighbour.mjs'), [path], {
    execArgv: ['--no-warnings'],
    ...(execPath === undefined ? {} : { execPath }),
  })
  const exited = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  await once(child, 'message')
  const order = async (what: object): Promise<void> => {
    const said = once(child, 'message')
    child.send(what)
    const [answer] = await said
    if (answer !== 'done') throw new Error(String(answer))
  }
  return { kill, run: (sql, loop) => order({ sql, loop }), close: () => order({ close: true }) }
}
