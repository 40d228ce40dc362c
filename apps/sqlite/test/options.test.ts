import { describe, expect, it } from 'vitest'
import { help, readCommandLine } from '../src/options.ts'
import { checkRemote } from '../src/remote/serve.ts'
import type { Wish } from '../src/options.ts'

const wish = (...args: string[]): Wish => {
  const read = readCommandLine(args)
  if (typeof read === 'string') throw new Error(`It was read as ${read}`)
  return read
}

describe('the command line', () => {
  it('calls the first file main, and the others as their files are', () => {
    expect(wish('/a/Shop data.db', 'b/users.sqlite', '2024.db').sources).toEqual([
      { alias: 'main', path: '/a/Shop data.db' },
      { alias: 'users', path: 'b/users.sqlite' },
      { alias: 'db_2024', path: '2024.db' },
    ])
  })

  it('takes names for files', () => {
    expect(wish('a.db', '--name', 'shop=/x/b=c.db').sources).toEqual([
      { alias: 'main', path: 'a.db' },
      { alias: 'shop', path: '/x/b=c.db' },
    ])
    expect(wish('--name', 'shop=b.db').sources).toEqual([{ alias: 'shop', path: 'b.db' }])
  })

  it('reads all the rest', () => {
    const given = ['shell', 'a.db', '--max-rows', '5', '--timeout', '0.5', '--no-data-resources', '--audit', 'log']
    expect(
      wish(...given, '--log-params', '--allow-write', '--allow-ddl', '--backup', 'c', '--deny', 'main:t.c'),
    ).toEqual({
      command: 'shell',
      sources: [{ alias: 'main', path: 'a.db' }],
      demo: false,
      write: 'everything',
      backup: 'c',
      deny: [{ alias: 'main', column: 't.c' }],
      maxRows: 5,
      timeout: 500,
      dataResources: false,
      logParams: true,
      audit: 'log',
      http: undefined,
    })
    expect(wish('--demo', '--http', '0', '--allow', 'a', '--allow', 'b').http).toEqual({
      port: 0,
      host: '127.0.0.1',
      allow: ['a', 'b'],
    })
    expect(readCommandLine(['-h'])).toBe('help')
    expect(readCommandLine(['a.db', '--version'])).toBe('version')
  })

  it.each([
    [[], 'Name a database file, or take --demo for a sample'],
    [['shell'], 'Name a database file'],
    [['a.db', '--max-rows', '1001'], '--max-rows takes a number from 1 to 1000, not "1001"'],
    [['a.db', '--timeout', '1e3'], '--timeout takes a number from 0.001 to 60, not "1e3"'],
    [['a.db', '--http', '1.5'], '--http takes a port, not 1.5'],
    [['a.db', '--host', 'x'], '--host goes with --http'],
    [['a.db', '--allow-ddl'], '--allow-ddl goes with --allow-write'],
    [['a.db', '--backup', 'x'], '--backup goes with --allow-write'],
    [['a.db', 'b.db', '--allow-write', '--backup', 'x'], '--backup takes one database at a time'],
    [['a.db', 'x/b.db', 'y/b.db'], 'Two databases are called b: name one with --name ALIAS=FILE'],
    [['a.db', '--name', '../x=b.db'], '--name takes ALIAS=FILE'],
    [['a.db', 'b.db', '--deny', 't.c'], '--deny t.c: say of which database, as --deny main:t.c'],
    [['shell', 'a.db', '--http', '0'], 'shell takes no --http'],
    [['--dmeo'], 'There is no option --dmeo. Did you mean --demo?'],
    [['a.db', '-x'], 'There is no option -x.'],
    [['a.db', '--http'], "Option '--http <value>' argument missing"],
  ])('refuses %j', (args, why) => {
    expect(() => readCommandLine(args)).toThrow(why)
  })

  it('has a line of help for every flag', () => {
    for (const flag of [
      '--help',
      '--version',
      '--demo',
      '--name',
      '--deny',
      '--no-data-resources',
      '--max-rows',
      '--timeout',
    ])
      expect(help).toContain(flag)
    for (const flag of [
      '--allow-write',
      '--allow-ddl',
      '--backup',
      '--audit',
      '--log-params',
      '--http',
      '--host',
      '--allow',
    ])
      expect(help).toContain(`  ${flag} `)
  })
})

describe('over HTTP', () => {
  const token = '0123456789abcdef'

  it.each([
    [['--http', '0', '--host', '0.0.0.0', '--allow', 'x'], undefined, 'put a token into PARLEY_SQLITE_TOKEN'],
    [['--http', '0', '--host', '0.0.0.0'], token, 'say with --allow by which names it may be called'],
    [['--http', '0', '--allow-write'], undefined, '--allow-write over HTTP needs a token'],
    [['--http', '0'], 'short', 'take 16 random characters or more'],
    [['--http', '0'], `${token} `, 'characters that no header can carry'],
  ])('refuses %j with the token %j', (args, given, why) => {
    expect(() => checkRemote(wish('a.db', ...args), given)).toThrow(why)
  })

  it.each([
    [['--http', '0'], undefined],
    [['--http', '0', '--allow-write'], token],
    [['--http', '0', '--host', '::1'], undefined],
    [['--http', '0', '--host', '0.0.0.0', '--allow', 'x'], token],
    [['--allow-write'], undefined],
  ])('takes %j with the token %j', (args, given) => {
    expect(() => checkRemote(wish('a.db', ...args), given)).not.toThrow()
  })
})
