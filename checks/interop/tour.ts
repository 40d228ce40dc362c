import { afterAll, beforeAll, expect } from 'vitest'
import { info, instructions, toolNames } from './fixtures/tour.ts'
import type { Cell } from './matrix.ts'
import { said } from './meeting.ts'
import type { Meet, Meeting } from './meeting.ts'
import { prompts, resources } from './tour-offers.ts'
import { questions } from './tour-questions.ts'
import { flow, tools } from './tour-tools.ts'
import { Persona } from './visitors/visitor.ts'
import type { Visitor } from './visitors/visitor.ts'

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

const changes = (cell: Cell, meet: Meet): void => {
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
  let visitor: Visitor | undefined
  const meet = (): Visitor => {
    if (visitor === undefined) throw new Error('The connection failed')
    return visitor
  }
  beforeAll(async () => {
    visitor = await expected.bring(process.execPath, [expected.script], new Persona())
  })
  afterAll(() => visitor?.close())
  basics(cell, meet, expected)
  tools(cell, meet, expected)
  flow(cell, meet)
  resources(cell, meet, expected)
  prompts(cell, meet)
  questions(cell, meet, expected)
  changes(cell, meet)
}
