import { stdio } from '@parley/transports/stdio/client'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { startBrowser } from '../web/browser.ts'
import type { Browser } from '../web/browser.ts'
import { commandPath, titleWith } from '../web/commands.ts'
import { openInspector } from '../web/inspector-page.ts'
import type { Opened } from '../web/inspector-page.ts'
import { offers, questions, rest, tools } from './inspector-tour.ts'
import type { Look } from './inspector-tour.ts'
import { openPart } from './matrix.ts'
import { named, serverOf } from './scripts.ts'

const path = commandPath('chromium')

describe.skipIf(path === undefined)(titleWith('the inspector', 'chromium', path), () => {
  const column = openPart(
    14,
    `Our inspector, ${named('server-everything')}`,
    'Its page in a real browser, driven by its own fields and buttons, on a server over stdio.',
  )
  column('Chromium', (cell) => {
    let browser: Browser | undefined
    let opened: Opened | undefined
    const look: Look = () => {
      if (opened === undefined) throw new Error('The page did not open')
      return opened
    }
    beforeAll(async () => {
      browser = await startBrowser(path ?? '')
      const target = stdio(process.execPath, [serverOf('server-everything')], { stderr: 'ignore', grace: 300 })
      opened = await openInspector(browser, target, { title: 'server-everything' })
    }, 60_000)
    afterAll(async () => {
      await opened?.[Symbol.asyncDispose]()
      await browser?.[Symbol.asyncDispose]()
    })
    tools(cell, look)
    questions(cell, look)
    offers(cell, look)
    rest(cell, look)
    cell('nothing is complained of', async () => {
      expect(look().complaints).toEqual([])
      await Promise.resolve()
    })
  })
})
