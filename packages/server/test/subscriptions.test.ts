import type { JsonObject } from '@parley/core'
import type { RpcNotification, Session } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { Server } from '../src/index.ts'
import type { Change, ChangeBus } from '../src/index.ts'

/** A bus that knows how many ears it has. */
class CountedBus implements ChangeBus {
  readonly ears = new Set<(change: Change) => void>()

  publish(change: Change): void {
    for (const hear of this.ears) hear(change)
  }

  listen(listener: (change: Change) => void): () => void {
    this.ears.add(listener)
    return () => void this.ears.delete(listener)
  }
}

type Told = Session & { readonly heard: string[]; end(): void }

const sessionOf = (id: string): Told => {
  const heard: string[] = []
  const listeners: (() => void)[] = []
  return {
    id,
    state: { version: '2025-11-25', initialized: false, subscriptions: [], offered: { tools: { listChanged: true } } },
    ended: new AbortController().signal,
    whenEnded: (listener) => void listeners.push(listener),
    notify: (method: string, _params?: JsonObject) => void heard.push(method),
    heard,
    end: () => {
      for (const listener of listeners) listener()
    },
  }
}

const initialized: RpcNotification = { kind: 'notification', method: 'notifications/initialized', params: undefined }

describe('legacy sessions', () => {
  it('U8: share one ear on the bus, each hears a change once, and the last to end takes it away', () => {
    const bus = new CountedBus()
    const server = new Server({ name: 'told', version: '1' }, { changes: bus })
    const sessions = ['a', 'b', 'c'].map(sessionOf)
    for (const session of sessions) server.hear(initialized, session)
    // Saying so twice changes nothing.
    for (const session of sessions) server.hear(initialized, session)
    expect(bus.ears.size).toBe(1)
    bus.publish({ list: 'tools' })
    sessions[0]?.end()
    bus.publish({ list: 'tools' })
    bus.publish({ list: 'prompts' })
    expect(sessions.map(({ heard }) => heard.length)).toEqual([1, 2, 2])
    for (const session of sessions) session.end()
    expect(bus.ears.size).toBe(0)
    server.hear(initialized, sessionOf('d'))
    expect(bus.ears.size).toBe(1)
  })
})
