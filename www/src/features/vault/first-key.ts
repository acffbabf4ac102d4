/** The key a new vault starts with, so that a file can be dropped at once. */
export const FIRST_KEY = "files";
