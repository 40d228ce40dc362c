import type { Explorer } from '../explorer.ts'
import { askedToEnd } from '../remote/ending.ts'
import { createSqlite } from '../server.ts'
import { openInBrowser } from './browser.ts'
import { servePage } from './serve.ts'

/** How databases are looked at. */
export type LookOptions = {
  /** 0 takes any free one. */
  readonly port: number
  /** Whether to open a browser. */
  readonly open: boolean
}

/** Serves the page on this machine until the process is asked to end. */
export const runLook = async (explorer: Explorer, { port, open }: LookOptions): Promise<void> => {
  const server = createSqlite(explorer)
  const page = await servePage(server, explorer.journal, { port })
  process.stdout.write(`Look at ${page.url}\n`)
  process.stderr.write('The URL holds the key: whoever has it may ask what you may. Ctrl-C ends it.\n')
  if (open) openInBrowser(page.url)
  await askedToEnd()
  await server.close()
  await page.close()
}
