import { ConnectionClosed } from '@parley/core'
import type { Dial, Link } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { reporting } from '../src/watch/crash.ts'

const responder = { respond: () => Promise.reject(new Error('nobody asks')), hear: () => undefined }

/** Programs that end when the test says so: each dial starts one. */
const programs = (): { dial: Dial; end: (stderr: string) => ConnectionClosed; dials: () => number } => {
  const ends: ((reason: ConnectionClosed) => void)[] = []
  const dial: Dial = () => {
    const closed = new Promise<unknown>((resolve) => ends.push(resolve))
    const link: Link = {
      closed,
      request: async () => Promise.reject(await closed),
      notify: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    return Promise.resolve(link)
  }
  const end = (stderr: string): ConnectionClosed => {
    const message = `/usr/bin/node exited with code 1; the last it wrote to stderr:\n${stderr}`
    const reason = new ConnectionClosed(message, { stderr })
    ends.at(-1)?.(reason)
    return reason
  }
  return { dial, end, dials: () => ends.length }
}

const setUp = (): ReturnType<typeof programs> & { reported: string[]; dialling: Dial } => {
  const all = programs()
  const reported: string[] = []
  const dialling = reporting(all.dial, 'server.ts', (how, report) => reported.push(how, report))
  return { ...all, reported, dialling }
}

describe('a program that ends by itself', () => {
  it('is reported once, with what it said and without its colours', async () => {
    const { dialling, end, reported } = setUp()
    const link = await dialling(responder)
    const asked = link.request('tools/list', {})
    end('\u001b[31mError: no money\u001b[39m\n    at server.ts:4\n')
    await expect(asked).rejects.toThrow(ConnectionClosed)
    await link.closed
    const how = 'server.ts exited with code 1'
    expect(reported).toEqual([how, `${how}:\n\nError: no money\n    at server.ts:4`])
  })

  it('is not reported where it was told to end', async () => {
    const { dialling, end, reported } = setUp()
    const link = await dialling(responder)
    await link[Symbol.asyncDispose]()
    end('bye')
    await link.closed
    expect(reported).toEqual([])
  })

  it('is not started twice for one connection where its file is broken, and is for the next', async () => {
    const { dialling, end, dials, reported } = setUp()
    const { signal } = new AbortController()
    const link = await dialling(responder, signal)
    const reason = end('parley: server.ts:7:7: Unexpected token\n')
    await link.closed
    await expect(dialling(responder, signal)).rejects.toBe(reason)
    expect([dials(), reported.length]).toEqual([1, 2])
    await dialling(responder, new AbortController().signal)
    expect(dials()).toBe(2)
  })

  it('is started again where it may have died of a question', async () => {
    const { dialling, end, dials } = setUp()
    const { signal } = new AbortController()
    const link = await dialling(responder, signal)
    end('Error: unknown method')
    await link.closed
    await dialling(responder, signal)
    expect(dials()).toBe(2)
  })
})
