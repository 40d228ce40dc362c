import type { Change, ChangeBus } from '@parley/server'
import { describe, expect, it } from 'vitest'

/** One or more ends of a change bus, such as two processes of a fleet have; and what lets go of them. */
export type ChangeBusRig = {
  /** Where changes are published and heard. */
  bus: ChangeBus
  /** Another end of the same bus; absent for a bus that has one end. */
  other?: ChangeBus
  /** Lets go of what the bus holds open. */
  close?: () => PromiseLike<void> | void
}

/** What a bus is made by: a new one each time, so that no test hears another's changes. */
export type MakeChangeBus = () => ChangeBusRig | Promise<ChangeBusRig>

const changes: Change[] = [{ list: 'tools' }, { updated: 'file:///a' }, { list: 'prompts' }, { updated: 'file:///b' }]

/** A listener, and a promise for the moment at which it has heard so many changes. */
const ear = (count: number): { heard: Change[]; listener: (change: Change) => void; full: Promise<void> } => {
  const heard: Change[] = []
  let fill: () => void = () => undefined
  const full = new Promise<void>((resolve) => (fill = resolve))
  const listener = (change: Change): void => {
    heard.push(change)
    if (heard.length === count) fill()
  }
  return { heard, listener, full }
}

const withBus = async (make: MakeChangeBus, run: (rig: ChangeBusRig) => Promise<void>): Promise<void> => {
  const rig = await make()
  try {
    await run(rig)
  } finally {
    await rig.close?.()
  }
}

/**
 * The contract of `ChangeBus`, as tests of your own run.
 *
 * @example
 * describeChangeBus('the bus of one process', () => ({ bus: memoryBus() }))
 */
export const describeChangeBus = (name: string, make: MakeChangeBus): void => {
  describe(`${name} is a change bus`, () => {
    it('reaches every listener, in the order of publishing', () =>
      withBus(make, async ({ bus, other = bus }) => {
        const [here, there] = [ear(4), ear(4)]
        bus.listen(here.listener)
        other.listen(there.listener)
        for (const change of changes) bus.publish(change)
        await Promise.all([here.full, there.full])
        expect(here.heard).toEqual(changes)
        expect(there.heard).toEqual(changes)
      }))

    it('a listener that throws keeps nobody from hearing, and nothing comes back to the publisher', () =>
      withBus(make, async ({ bus }) => {
        bus.listen(() => {
          throw new Error('deaf')
        })
        const after = ear(2)
        bus.listen(after.listener)
        expect(() => bus.publish({ list: 'tools' })).not.toThrow()
        expect(() => bus.publish({ list: 'prompts' })).not.toThrow()
        await after.full
      }))

    it('who stopped listening hears nothing more, whoever else listens with the same function', () =>
      withBus(make, async ({ bus }) => {
        const twice = ear(3)
        const last = ear(2)
        const stop = bus.listen(twice.listener)
        bus.listen(twice.listener)
        bus.listen(last.listener)
        bus.publish({ list: 'tools' })
        await new Promise<void>((resolve) => {
          const off = bus.listen(() => (off(), resolve()))
          stop()
          stop()
          bus.publish({ list: 'prompts' })
        })
        await Promise.all([twice.full, last.full])
        expect(twice.heard).toEqual([{ list: 'tools' }, { list: 'tools' }, { list: 'prompts' }])
      }))

    it('what nobody hears is no failure', () =>
      withBus(make, async ({ bus }) => {
        expect(() => bus.publish({ list: 'resources' })).not.toThrow()
      }))
  })
}
