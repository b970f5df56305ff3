// What goes wrong between a page and its server, in words for people.

/** One field that was refused, and why. */
export interface FieldError {
  field: string;
  reason: string;
}

/** The server said no; the message is a sentence for people. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: FieldError[] = [],
  ) {
    super(message);
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}
