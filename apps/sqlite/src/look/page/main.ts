import { Desk, messageOf } from './desk.ts'
import { el, fill } from './dom.ts'
import { openPage } from './page.ts'

const kept = 'parley-sqlite'

/** The token of this launch: from the URL, out of which it is taken, or from before this tab was reloaded. */
const readToken = (): string | undefined => {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return sessionStorage.getItem(kept) ?? undefined
  // Other tabs do not see it, and other ports of this machine have a storage of their own.
  sessionStorage.setItem(kept, token)
  history.replaceState(null, '', '/')
  return token
}

const refuse = (why: string): void =>
  fill(
    document.body,
    el('main', { class: 'stranded' }, el('h1', {}, 'SQLite Explorer'), el('p', { role: 'alert' }, why)),
  )

const token = readToken()
if (token === undefined) refuse('Open the URL that was printed when the server started; it carries the key.')
else {
  try {
    await openPage(await Desk.open(token))
  } catch (error) {
    refuse(
      `The server does not answer this page: ${messageOf(error)}. If it was started anew, open the URL that it has printed since.`,
    )
  }
}
