import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { findServer, isServer } from '../src/load/find.ts'

const make = (name: string): Server => new Server({ name, version: '1' })

describe('the server of a file', () => {
  it('is told by what it does, for it may be of another copy of the library', () => {
    expect(isServer(make('a'))).toBe(true)
    expect(isServer({ respond: () => undefined, hear: () => undefined })).toBe(true)
    expect([undefined, 1, {}, { respond: 1, hear: 2 }, { fetch: () => undefined }].map(isServer)).toEqual(
      Array(5).fill(false),
    )
  })

  it('is looked for as default, mcp, server and app, in that order', async () => {
    const [app, server, mcp, other] = [make('app'), make('server'), make('mcp'), make('other')]
    expect(await findServer({ other, app, server, mcp, default: make('d') }, 'a.ts')).toMatchObject({
      info: { name: 'd' },
    })
    expect(await findServer({ other, app, server, mcp }, 'a.ts')).toBe(mcp)
    expect(await findServer({ other, app, server }, 'a.ts')).toBe(server)
    expect(await findServer({ other, app, default: { fetch: () => 1 } }, 'a.ts')).toBe(app)
    expect(await findServer({ other, count: 1 }, 'a.ts')).toBe(other)
  })

  it('is made by createServer, or by a function that is named', async () => {
    const [server, named] = [make('a'), make('b')]
    expect(await findServer({ createServer: () => server }, 'a.ts')).toBe(server)
    expect(await findServer({ createServer: () => server, bank: async () => named }, 'a.ts', 'bank')).toBe(named)
    expect(await findServer({ bank: named }, 'a.ts', 'bank')).toBe(named)
  })

  it.each<[Record<string, unknown>, string | undefined, string]>([
    [{}, undefined, 'a.ts exports no server: it exports nothing. Add `export default server`'],
    [{ main: () => make('a') }, undefined, 'a.ts exports no server: it exports main.'],
    [{ a: make('a'), b: make('b') }, undefined, 'a.ts exports several servers: choose one, as in a.ts:a.'],
    [{ a: make('a') }, 'b', 'a.ts has no export b: it exports a.'],
    [{ a: 1 }, 'a', 'a.ts exports a, but that is no server, and no function that makes one.'],
    [{ a: () => 1 }, 'a', 'a in a.ts gave no server: let it return one.'],
  ])('is missed in %o, named %s', async (exports, named, message) => {
    await expect(findServer(exports, 'a.ts', named)).rejects.toThrow(message)
  })
})
