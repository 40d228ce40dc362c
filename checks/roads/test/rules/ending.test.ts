import type { Responder } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio/client'
import type { StdioLink } from '@parley/transports/stdio'
import { describe, expect, it } from 'vitest'

/** A server that says on stderr what it was ended by, and gives way to the last of it only. */
const script = (givesWayTo: 'end' | 'SIGTERM' | 'SIGKILL'): string => `
  const ended = (by) => { process.stderr.write(by + ' '); if (by === '${givesWayTo}') process.exit(0) }
  process.stdin.on('end', () => ended('end')).resume()
  process.on('SIGTERM', () => ended('SIGTERM'))
  setInterval(() => {}, 1000)
  console.log('{"jsonrpc":"2.0","method":"notifications/ready"}')
`

const start = (givesWayTo: 'end' | 'SIGTERM' | 'SIGKILL', grace: number): Promise<StdioLink> =>
  new Promise((resolve, reject) => {
    const responder: Responder = {
      respond: () => Promise.resolve(undefined),
      // It can tell what ends it from here on, and not before.
      hear: () => void dialled.then(resolve),
    }
    const dialled = stdio(process.execPath, ['-e', script(givesWayTo)], { stderr: 'ignore', grace })(responder)
    dialled.catch(reject)
  })

describe('closing a child process', () => {
  it.each([
    ['end', 4000, 'end '],
    ['SIGTERM', 300, 'end SIGTERM '],
    ['SIGKILL', 300, 'end SIGTERM '],
  ] as const)('T5: ends its input, then goes on as far as %s', async (givesWayTo, grace, told) => {
    const link = await start(givesWayTo, grace)
    await link[Symbol.asyncDispose]()
    expect(link.stderrTail).toBe(told)
    expect(() => process.kill(link.pid, 0)).toThrow('ESRCH')
  })
})
