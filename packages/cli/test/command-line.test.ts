import { describe, expect, it } from 'vitest'
import { exitCodeOf, exitCodes, Failure, usage } from '../src/failure.ts'
import { runCommandLine } from '../src/program.ts'

const named = (name: string): Error => Object.assign(new Error('x'), { name })

describe('an exit code', () => {
  it.each([
    [usage('x'), exitCodes.usage],
    [new Failure('x'), exitCodes.failed],
    [new Failure('x', exitCodes.tool), 5],
    [named('RpcError'), exitCodes.refused],
    [named('ConnectionClosed'), exitCodes.connection],
    [named('NegotiationFailed'), exitCodes.connection],
    [
      new Error('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
      exitCodes.connection,
    ],
    [new Error('x'), exitCodes.failed],
    ['x', exitCodes.failed],
  ])('%s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code)
  })
})

describe('a command line that cannot be read', () => {
  it.each([
    [['bogus'], "unknown command 'bogus'. See parley --help."],
    [['run'], "missing required argument 'target'. See parley --help."],
    [['run', 'a.ts', '--bogus'], "unknown option '--bogus'"],
    [['run', 'nope.ts', '--transport', 'pigeon'], '--transport takes stdio, http or ws, not "pigeon".'],
    [['run', 'nope.ts', '--port', '1'], '--port, --host and --allow go with --transport http or ws.'],
    [['run', 'nope.ts', '-t', 'http', '--port', '99999'], '--port takes a number from 0 to 65535'],
    [['run', 'nope.ts'], 'nope.ts does not exist'],
    [['run', import.meta.filename, '-e', 'x'], '-e takes NAME=VALUE, not "x".'],
    [['run', import.meta.filename, '-f', 'nope.env'], 'The env file nope.env does not exist.'],
    [['list'], 'Name a server: a file, a URL, a configuration file, or a command after --.'],
    [['call', '--'], 'Name a server'],
    [['install', import.meta.filename, '--name', 'a;b'], '"a;b" cannot be a name'],
    [['install', import.meta.filename, '--to', 'emacs'], 'There is no host emacs'],
    [['list', import.meta.filename, '--era', 'stone'], "option '--era <ERA>' argument 'stone' is invalid"],
  ])('%j', async (line, message) => {
    const failure: unknown = await runCommandLine(line).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) })
  })
})
