import { afterAll, beforeAll, expect } from 'vitest'
import { info, instructions, toolNames } from './fixtures/tour.ts'
import type { Cell } from './matrix.ts'
import { alone, errorOf, said } from './meeting.ts'
import type { Meet, Meeting, Sessionless } from './meeting.ts'
import type { Served } from './serving.ts'
import { prompts, resources } from './tour-offers.ts'
import { questions } from './tour-questions.ts'
import { flow, steering, tools } from './tour-tools.ts'
import { Persona } from './visitors/visitor.ts'
import type { Visitor, Watch } from './visitors/visitor.ts'

const basics = (cell: Cell, meet: Meet, expected: Meeting): void => {
  cell('negotiation', async () => {
    const { version, era, server, instructions: heard, capabilities } = meet().terms
    expect({ version, era, heard }).toEqual({ version: expected.version, era: expected.era, heard: instructions })
    expect(server).toEqual(info)
    expect(capabilities).toEqual(expected.capabilities)
  })
  cell('ping', async () => {
    expect(await meet().ping()).toBeUndefined()
  })
}

/** Changes that a client is not told of, for it has no stream to listen on. */
const untold = (cell: Cell, meet: Meet, { unremembered }: Sessionless): void => {
  const watched = async (
    what: { tools?: boolean; uri?: string },
    change: () => Promise<unknown>,
  ): Promise<unknown[]> => {
    const heard: string[] = []
    const listen = async (on: Watch): Promise<void> => void heard.push(await on.next())
    const watch = await meet().watch(what)
    void listen(watch)
    await change()
    await meet().ping()
    const before = [...heard]
    await watch.close()
    return before
  }
  cell('subscription to a resource', async () => {
    const uri = 'tour://readme'
    if (unremembered !== undefined) {
      expect((await errorOf(meet().watch({ uri }))).message).toMatch(unremembered)
      return alone('not offered, and the request to subscribe is refused')
    }
    expect(await watched({ uri }, () => meet().call('touch', { uri }))).toEqual([])
    return alone('the request to subscribe is answered, and nothing is heard')
  })
  cell('list changed', async () => {
    expect(await watched({ tools: true }, async () => expect(said(await meet().call('grow'))).toBe('grew'))).toEqual([])
    expect(await meet().tools()).toEqual([...toolNames, 'grown'])
    return alone('nothing is heard; the next list has the change')
  })
}

const changes = (cell: Cell, meet: Meet, expected: Meeting): void => {
  if (expected.sessionless !== undefined) return untold(cell, meet, expected.sessionless)
  cell('subscription to a resource', async () => {
    const watch = await meet().watch({ uri: 'tour://readme' })
    await meet().call('touch', { uri: 'tour://readme' })
    expect(await watch.next()).toBe('tour://readme')
    await watch.close()
  })
  cell('list changed', async () => {
    const watch = await meet().watch({ tools: true })
    expect(said(await meet().call('grow'))).toBe('grew')
    expect(await watch.next()).toBe('tools')
    await watch.close()
    expect(await meet().tools()).toEqual([...toolNames, 'grown'])
    expect(said(await meet().call('grown'))).toBe('Grown up.')
  })
}

/** Takes a client of anyone's through everything that a server of the tour offers, one cell per feature. */
export const takeTour = (cell: Cell, expected: Meeting): void => {
  let served: Served | undefined
  let visitor: Visitor | undefined
  const meet = (): Visitor => {
    if (visitor === undefined) throw new Error('The connection failed')
    return visitor
  }
  beforeAll(async () => {
    served = await expected.serve()
    visitor = await expected.bring(served.address, new Persona())
  })
  afterAll(async () => {
    try {
      await visitor?.close()
    } finally {
      await served?.close()
    }
  })
  basics(cell, meet, expected)
  tools(cell, meet, expected)
  flow(cell, meet)
  steering(cell, meet, expected)
  resources(cell, meet, expected)
  prompts(cell, meet)
  questions(cell, meet, expected)
  changes(cell, meet, expected)
}
