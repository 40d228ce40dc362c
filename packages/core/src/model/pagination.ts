/** A place in a list, made by the server and opaque to everyone else. */
export type Cursor = string
