import type { Fetch } from '@parley/transports/http/client'
import { configFolder } from '../hosts/host.ts'
import { openPage } from '../open.ts'
import { thisMachine } from '../setup/machine.ts'

/** Where the credentials of servers are kept: a folder that nobody else may read. */
const credentialFolder = (): string => configFolder(thisMachine(), 'parley', 'credentials')

const showPage = (url: URL): void => void process.stderr.write(`The server wants a login. Open ${url.href}\n`)

const logIn = async (server: URL): Promise<Fetch> => {
  const [{ oauth }, { fileStore, loopback, safeFetch }] = await Promise.all([
    import('@parley/auth/client'),
    import('@parley/auth/node'),
  ])
  const login = oauth(server, {
    redirect: loopback({ show: showPage, open: (url) => openPage(url.href) }),
    identity: { registration: { client_name: 'Parley' } },
    store: fileStore(credentialFolder()),
    metadataFetch: safeFetch(),
    // Whoever typed the URL chose the server, however old it is.
    legacyFallback: true,
  })
  return (url, init) => login.fetch(url, init)
}

/**
 * Makes requests as they are, and from the first that is refused for want of a login with one: that of an earlier day if it
 * is still good, else one that the user's browser is opened for.
 */
export const loginFetch = (server: URL): Fetch => {
  let login: Promise<Fetch> | undefined
  return async (url, init) => {
    if (login !== undefined) return (await login)(url, init)
    const response = await fetch(url, init)
    if (response.status !== 401) return response
    await response.body?.cancel()
    login ??= logIn(server)
    return (await login)(url, init)
  }
}
