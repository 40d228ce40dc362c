import { connect } from '@parley/client'
import { memory } from '@parley/transports/memory'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSqlite } from '../src/server.ts'
import { explorerOf, pretended, versions } from './sqlite.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each(versions.slice(0, 2))('subscribers in %s', (version) => {
  const set = async () => {
    const [main, other] = [pretended('main'), pretended('other')]
    const server = createSqlite(await explorerOf([main.database, other.database]))
    const client = await connect(memory(server), { name: 'test', version: '1', versions: [version] })
    const heard: string[] = []
    const listen = async (...uris: string[]) => {
      const changes = await client.listen({ resourceSubscriptions: uris })
      const over = (async () => {
        for await (const change of changes) heard.push(JSON.stringify(change))
      })()
      return async () => {
        await changes.close()
        await over
      }
    }
    onTestFinished(async () => {
      await client.close()
      await server.close()
    })
    return { main, other, heard, listen }
  }
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)

  it('hear that a table has changed, once per settled change', async () => {
    const { main, other, heard, listen } = await set()
    const stop = await listen('table://main/orders', 'schema://main')
    await seconds(3)
    expect(heard).toEqual([])
    main.state.data += 1
    await seconds(1)
    main.state.data += 1
    await seconds(1)
    expect(heard).toEqual([])
    await seconds(1)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toContain('table://main/orders')
    await seconds(5)
    expect(heard).toHaveLength(1)
    expect(other.state.looks).toBe(0)
    await stop()
  })

  it('hear of a schema only when it changed', async () => {
    const { main, heard, listen } = await set()
    const stop = await listen('schema://main')
    main.state.data += 1
    main.state.schema += 1
    await seconds(2)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toContain('schema://main')
    await stop()
  })

  it('hear of a database that never rests all the same', async () => {
    const { main, heard, listen } = await set()
    const stop = await listen('table://main/orders')
    for (let second = 0; second < 12; second++) {
      main.state.data += 1
      await seconds(1)
    }
    expect(heard.length).toBe(2)
    await stop()
  })

  it('are all that a database is looked at for', async () => {
    const { main, listen } = await set()
    await seconds(5)
    expect(main.state.looks).toBe(0)
    const stop = await listen('table://main/orders')
    await seconds(3)
    expect(main.state.looks).toBe(3)
    await stop()
    await seconds(1)
    const { looks } = main.state
    await seconds(5)
    expect(main.state.looks).toBe(looks)
    expect(vi.getTimerCount()).toBe(0)
  })
})
