/** An upload that can be resumed, given the file. */
export interface PendingUpload {
  /** What `resumeToken` gave: the object's id. */
  readonly token: string;
  /** The file's name, where it has one: for the person who has to choose it again. */
  readonly name?: string | undefined;
  /** What `resumeToken` was given. */
  readonly location?: string | undefined;
  /** Bytes of the file. */
  readonly size: number;
  /** When it was begun, in milliseconds since 1970. */
  readonly started: number;
}
