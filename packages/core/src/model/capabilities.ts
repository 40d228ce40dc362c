import type { JsonObject } from '../json.ts'

/** Settings by extension id; an id has a prefix, such as `com.example/thing`. */
export type Extensions = { [id: string]: JsonObject }

/** What a client can do when a server asks. */
export type ClientCapabilities = {
  /** `listChanged` exists in the legacy era only. */
  roots?: { listChanged?: boolean }
  sampling?: {
    tools?: JsonObject
    context?: JsonObject
  }
  /** Empty means `form` alone. */
  elicitation?: {
    form?: JsonObject
    url?: JsonObject
  }
  extensions?: Extensions
  experimental?: { [name: string]: JsonObject }
  /** The legacy era's tasks; the modern era has them as an extension. */
  tasks?: {
    list?: JsonObject
    cancel?: JsonObject
    requests?: {
      sampling?: { createMessage?: JsonObject }
      elicitation?: { create?: JsonObject }
    }
  }
}

/** What a server offers. A method behind a capability that is absent here does not exist. */
export type ServerCapabilities = {
  tools?: { listChanged?: boolean }
  prompts?: { listChanged?: boolean }
  resources?: { subscribe?: boolean; listChanged?: boolean }
  completions?: JsonObject
  logging?: JsonObject
  extensions?: Extensions
  experimental?: { [name: string]: JsonObject }
  /** The legacy era's tasks; the modern era has them as an extension. */
  tasks?: {
    list?: JsonObject
    cancel?: JsonObject
    requests?: {
      tools?: { call?: JsonObject }
    }
  }
}
