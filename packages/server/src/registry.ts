import { metaKeyFault, scopeFault } from '@parley/core'
import type { Icon, JsonObject, Principal } from '@parley/core'
import type { OnDuplicate } from './options.ts'
import type { ScopedItems } from './scopes.ts'

/** Whether a principal may see and use an item; the list and the call ask alike. It must be quick and have no effects. */
export type Visibility = (principal: Principal | undefined) => boolean

/** What every item may say of itself. */
export type Described = {
  /** A name for people. */
  title?: string | undefined
  description?: string | undefined
  icons?: Icon[] | undefined
  _meta?: JsonObject | undefined
}

/** For whom an item is. */
export type Restricted = {
  /** Who may see and use it. @default everyone */
  visible?: Visibility | undefined
  /**
   * The scopes, all of them, that a caller's token must hold; clients learn of them, and still see the item in lists. They
   * do not hold where the caller started this process or is part of it: over stdio and in memory. @default none
   */
  scopes?: readonly string[] | undefined
}

/**
 * A hold on what was registered. Changes reach listeners as `list_changed`.
 *
 * Once the item was removed or replaced, the hold does nothing any more. Disposing of it removes the item.
 */
export interface Registration<Changes> extends Disposable {
  readonly name: string
  /** Changes what the item says of itself and its settings; `undefined` takes one away. */
  update(changes: Changes): void
  /** Offers the item again. */
  enable(): void
  /** Hides the item: it is neither listed nor found. */
  disable(): void
  remove(): void
}

/** How duplicates are met. */
export type RegistryOptions = {
  /** `warn` replaces and says so; `ignore` keeps the first. @default 'throw' */
  onDuplicate?: OnDuplicate | undefined
  /** Hears of duplicates under `warn`. */
  warn?: ((message: string) => void) | undefined
}

/** An item in its place. `order` only ever grows, so that a place in a list outlives additions and removals. */
export type Entry<Item> = { readonly name: string; readonly order: number; item: Item; enabled: boolean }

/** What a registry needs to know of its items. */
export type RegistryKind<Item, Changes> = {
  /** What an item is called in errors, such as `tool`. */
  kind: string
  /** How duplicates are met. */
  duplicates: RegistryOptions
  /** Called after every change. */
  changed: () => void
  /** An item with changes made to it. */
  remake: (item: Item, changes: Changes) => Item
}

/** What a registry asks of an item: who may use it, with which scopes, and whether what it lists depends on who asks. */
export type Offered = {
  readonly visible: Visibility | undefined
  readonly varies?: boolean
  /** What a caller's token must permit. */
  readonly scopes?: readonly string[]
}

/** Items by name, in the order in which they were registered. */
export class Registry<Item extends Offered, Changes> implements ScopedItems {
  readonly #kind: RegistryKind<Item, Changes>
  readonly #entries = new Map<string, Entry<Item>>()
  #issued = 0
  #edition = 0
  #restricted: boolean | undefined
  #scopes: readonly string[] | undefined

  constructor(kind: RegistryKind<Item, Changes>) {
    this.#kind = kind
  }

  /** How many places were ever given out. Not 0 means that there is, or was, something to offer. */
  get issued(): number {
    return this.#issued
  }

  /** Another number after each change. */
  get edition(): number {
    return this.#edition
  }

  /** Whether anyone may see something that others may not. */
  get restricted(): boolean {
    this.#restricted ??= this.all().some((item) => item.visible !== undefined || item.varies === true)
    return this.#restricted
  }

  /** @throws TypeError for a name that is taken, unless duplicates are wanted */
  add(name: string, item: Item): Registration<Changes> {
    const known = this.#entries.get(name)
    if (known !== undefined) {
      const { kind, duplicates } = this.#kind
      const { onDuplicate = 'throw' } = duplicates
      if (onDuplicate === 'throw') throw new TypeError(`The ${kind} ${JSON.stringify(name)} is already registered`)
      if (onDuplicate === 'ignore') return this.#hold({ name, order: -1, item, enabled: true })
      if (onDuplicate === 'warn')
        duplicates.warn?.(`The ${kind} ${JSON.stringify(name)} is registered again; the new one replaces it`)
    }
    const entry = { name, order: known?.order ?? this.#issued++, item, enabled: true }
    this.#entries.set(name, entry)
    this.#changed()
    return this.#hold(entry)
  }

  /** The item of a name, if this principal may use it. */
  get(name: string, principal: Principal | undefined): Item | undefined {
    const entry = this.#entries.get(name)
    return entry !== undefined && isOffered(entry, principal) ? entry.item : undefined
  }

  /** Every scope that an item needs, in order; once each. */
  get scopes(): readonly string[] {
    this.#scopes ??= [...new Set(this.all().flatMap((item) => item.scopes ?? none))]
    return this.#scopes
  }

  scopesFor(name: string, principal: Principal | undefined): readonly string[] {
    return this.get(name, principal)?.scopes ?? none
  }

  /** Everything there is in its place, offered or not, in order. */
  entries(): Iterator<Entry<Item>, unknown> {
    return this.#entries.values()
  }

  /** Everything there is, offered or not, in order. */
  all(): Item[] {
    return [...this.#entries.values()].map(({ item }) => item)
  }

  #changed(): void {
    this.#edition += 1
    this.#restricted = undefined
    this.#scopes = undefined
    this.#kind.changed()
  }

  #hold(entry: Entry<Item>): Registration<Changes> {
    const change = (work: () => void): void => {
      if (this.#entries.get(entry.name) !== entry) return
      work()
      this.#changed()
    }
    const able = (enabled: boolean) => (): void => {
      if (entry.enabled !== enabled) change(() => void (entry.enabled = enabled))
    }
    const remove = (): void => change(() => this.#entries.delete(entry.name))
    return {
      name: entry.name,
      update: (changes) => change(() => void (entry.item = this.#kind.remake(entry.item, changes))),
      enable: able(true),
      disable: able(false),
      remove,
      [Symbol.dispose]: remove,
    }
  }
}

/** Whether a principal may see and use what stands in a place. */
export const isOffered = ({ enabled, item }: Entry<Offered>, principal: Principal | undefined): boolean =>
  enabled && (item.visible === undefined || item.visible(principal))

const none: readonly string[] = []

/**
 * The scopes that an item is registered with, as they stay.
 * @throws TypeError for one that is none
 */
export const requiredScopes = (what: string, scopes: readonly string[] | undefined): readonly string[] => {
  for (const scope of scopes ?? none) {
    const fault = scopeFault(scope)
    if (fault !== undefined) throw new TypeError(`${what}: ${fault}`)
  }
  return scopes === undefined ? none : [...scopes]
}

const checkMeta = (meta: JsonObject | undefined): void => {
  for (const key of Object.keys(meta ?? {})) {
    const fault = metaKeyFault(key)
    if (fault !== undefined) throw new TypeError(`_meta: ${fault}`)
  }
}

/**
 * An item as a list has it: a copy, frozen to its leaves, of what JSON makes of it.
 *
 * Lists are written once and shared, so what was registered must not change under them, nor what its owner holds freeze.
 * @throws TypeError for what JSON cannot hold
 */
export const listedItem = <T extends JsonObject>(what: string, item: T): T => {
  try {
    return JSON.parse(JSON.stringify(item), (_key, value: unknown) => Object.freeze(value)) as T
  } catch (cause) {
    throw new TypeError(`${what} cannot be listed: ${cause instanceof Error ? cause.message : 'no JSON'}`, { cause })
  }
}

/**
 * What an item says of itself, as it stands in a list: nothing that is undefined.
 *
 * @throws TypeError for a `_meta` key that is none (B16)
 */
export const described = ({
  title,
  description,
  icons,
  _meta,
}: Described): Omit<Described, 'icons'> & { icons?: Icon[] } => {
  checkMeta(_meta)
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(icons !== undefined && { icons }),
    ...(_meta !== undefined && { _meta }),
  }
}
